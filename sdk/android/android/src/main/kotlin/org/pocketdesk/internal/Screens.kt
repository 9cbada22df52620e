package org.pocketdesk.internal

import android.app.Activity
import android.app.Application
import android.os.Bundle
import java.util.Collections
import java.util.IdentityHashMap
import org.pocketdesk.Pocketdesk

/** Whether a screen of the app is in front, and what to close when one ends. On the main thread. */
internal object Screens : Application.ActivityLifecycleCallbacks {
    private val inFront: MutableSet<Activity> = Collections.newSetFromMap(IdentityHashMap())
    private val closing = IdentityHashMap<Activity, MutableList<() -> Unit>>()
    private var watched: Application? = null

    @Volatile
    var isVisible: Boolean = false
        private set

    fun watch(application: Application) {
        if (watched === application) return
        watched = application
        application.registerActivityLifecycleCallbacks(this)
    }

    fun started(activity: Activity) {
        inFront.add(activity)
        changed()
    }

    /** Runs `close` when the activity ends. */
    fun whenEnded(activity: Activity, close: () -> Unit) {
        closing.getOrPut(activity) { ArrayList() }.add(close)
    }

    override fun onActivityStarted(activity: Activity) = started(activity)

    /** For whoever configures the SDK late, after the start. */
    override fun onActivityResumed(activity: Activity) = started(activity)

    override fun onActivityStopped(activity: Activity) {
        inFront.remove(activity)
        changed()
    }

    override fun onActivityDestroyed(activity: Activity) {
        inFront.remove(activity)
        closing.remove(activity)?.forEach { close -> failsafe { close() } }
        changed()
    }

    override fun onActivityCreated(activity: Activity, state: Bundle?) = Unit

    override fun onActivityPaused(activity: Activity) = Unit

    override fun onActivitySaveInstanceState(activity: Activity, state: Bundle) = Unit

    private fun changed() {
        isVisible = inFront.isNotEmpty()
        Pocketdesk.shell?.setVisible(isVisible)
    }
}
