package org.pocketdesk.internal

import android.app.NotificationManager
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.content.res.Configuration
import android.os.BatteryManager
import android.os.Build
import android.os.Handler
import android.os.Looper
import java.util.UUID
import java.util.concurrent.Executor
import java.util.concurrent.Executors
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.ThreadPoolExecutor
import java.util.concurrent.TimeUnit
import org.pocketdesk.core.Configuration as Settings
import org.pocketdesk.core.DeviceFacts
import org.pocketdesk.core.Host
import org.pocketdesk.core.SDK_VERSION
import org.pocketdesk.core.Store
import org.pocketdesk.core.UrlTransport

internal const val USER_AGENT = "PocketdeskSDK/$SDK_VERSION (android)"

/** The phone around the shell: its main thread, its threads aside, its store and what it knows of itself. */
internal class Phone(val context: Context, private val configuration: Settings) : Host {
    private val main = Handler(Looper.getMainLooper())
    private val storage: Executor = Executors.newSingleThreadExecutor { thread(it, "store") }
    private val network: Executor = ThreadPoolExecutor(
        MOST_CALLS, MOST_CALLS, IDLE_SECONDS, TimeUnit.SECONDS, LinkedBlockingQueue(),
    ) { thread(it, "network") }.apply { allowCoreThreadTimeOut(true) }

    override val store: Store by lazy { SecureStore(context.getSharedPreferences("pocketdesk", Context.MODE_PRIVATE)) }
    override val transport = UrlTransport(USER_AGENT)
    override val appVersion: String =
        failsafe { context.packageManager.getPackageInfo(context.packageName, 0).versionName }.orEmpty()
    override val locale: String
        get() = failsafe { context.resources.configuration.locales[0].toLanguageTag() }.orEmpty()

    override fun properties(): Map<String, String> {
        val screen = context.resources.displayMetrics
        return DeviceFacts(
            Build.MODEL, Build.VERSION.RELEASE, appVersion,
            screen.widthPixels, screen.heightPixels, screen.xdpi, screen.ydpi,
            context.resources.configuration.orientation == Configuration.ORIENTATION_LANDSCAPE,
            failsafe { battery() },
            failsafe { context.getSystemService(NotificationManager::class.java).areNotificationsEnabled() },
        ).properties()
    }

    override fun newId(): String = UUID.randomUUID().toString()

    override fun forget(isPageClean: Boolean) = Traces.remove(context, configuration, isPageClean)

    override fun onApp(run: () -> Unit) {
        if (Looper.myLooper() == Looper.getMainLooper()) run() else main.post(run)
    }

    override fun aside(run: () -> Unit) = storage.execute(run)

    override fun away(run: () -> Unit) = network.execute(run)

    override fun later(ms: Long, run: () -> Unit): () -> Unit {
        val task = Runnable(run)
        main.postDelayed(task, ms)
        return { main.removeCallbacks(task) }
    }

    /** The battery's last word stays there for whoever asks. */
    private fun battery(): Int? {
        val word = context.registerReceiver(null, IntentFilter(Intent.ACTION_BATTERY_CHANGED)) ?: return null
        val level = word.getIntExtra(BatteryManager.EXTRA_LEVEL, -1)
        val scale = word.getIntExtra(BatteryManager.EXTRA_SCALE, -1)
        return if (level < 0 || scale <= 0) null else level * PERCENT / scale
    }

    private companion object {
        const val MOST_CALLS = 4
        const val IDLE_SECONDS = 30L
        const val PERCENT = 100

        fun thread(run: Runnable, name: String) = Thread(run, "pocketdesk-$name").apply { isDaemon = true }
    }
}

/** Nothing that goes wrong here may end the app. */
internal inline fun <Value> failsafe(run: () -> Value): Value? = try {
    run()
} catch (_: Exception) {
    null
}
