package org.pocketdesk

import android.app.Activity
import android.app.Application
import android.content.Context
import android.content.Intent
import android.os.Build
import java.io.Closeable
import java.util.concurrent.CopyOnWriteArrayList
import org.pocketdesk.core.Configuration
import org.pocketdesk.core.ConfigurationException
import org.pocketdesk.core.Problem
import org.pocketdesk.core.Push
import org.pocketdesk.core.PushTarget
import org.pocketdesk.core.Shell
import org.pocketdesk.core.ToPage
import org.pocketdesk.internal.Intents
import org.pocketdesk.internal.Notifications
import org.pocketdesk.internal.Phone
import org.pocketdesk.internal.Screens
import org.pocketdesk.internal.WarmPage
import org.pocketdesk.internal.failsafe

/** The one place where the app speaks to the SDK: from any thread. Nothing here throws. */
public object Pocketdesk {
    @Volatile
    internal var shell: Shell? = null
        private set

    /** Why there is no shell. */
    @Volatile
    internal var problem: Problem = Problem.MISSING_CONFIGURATION
        private set

    private var phone: Phone? = null
    private val listeners = CopyOnWriteArrayList<Listener>()

    /** Call it once, in `Application.onCreate`. Takes what the file `pocketdesk-info.json` among the app's assets says. */
    @JvmStatic
    public fun configure(context: Context) {
        val text = failsafe { context.assets.open(FILE).use { it.readBytes().decodeToString() } }
        begin(context) { Configuration.parse(text) }
    }

    /** The same from the text of such a file. What is wrong with it is shown where the chat would be. */
    @JvmStatic
    public fun configure(context: Context, json: String) {
        begin(context) { Configuration.parse(json) }
    }

    /** The same from its three words. */
    @JvmStatic
    public fun configure(context: Context, serverUrl: String, accountId: Long, mobileTag: String) {
        begin(context) { Configuration.of(serverUrl, accountId, mobileTag) }
    }

    /** Somebody signed in to your app. `refresh` fetches another token from your server when this one is too old. */
    @JvmStatic
    @JvmOverloads
    public fun identify(identity: Identity, refresh: Refresh? = null) {
        shell?.identify(identity, refresh)
    }

    /** Like `identify`, where the first token is fetched too; null means that nobody is signed in. */
    @JvmStatic
    public fun identifyBy(refresh: Refresh) {
        shell?.identifyBy(refresh)
    }

    /** Shows the chat in a screen of its own. */
    @JvmStatic
    public fun open(context: Context) {
        failsafe {
            val intent = Intents.chat(context)
            if (context !is Activity) intent.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)
            context.startActivity(intent)
        }
    }

    /** Shows one conversation. */
    @JvmStatic
    public fun openConversation(context: Context, conversationId: Long) {
        shell?.say(ToPage.OpenConversation(conversationId))
        open(context)
    }

    /** Shows the Help tab. */
    @JvmStatic
    public fun openHelp(context: Context) {
        shell?.say(ToPage.OpenHelp)
        open(context)
    }

    /** Shows one article, in a language such as `nl` if there is one. */
    @JvmStatic
    @JvmOverloads
    public fun openHelp(context: Context, articleId: Long, language: String = "") {
        shell?.say(ToPage.OpenArticle(articleId, language))
        open(context)
    }

    /** What your app knows of its user and device; agents see it beside the conversation. */
    @JvmStatic
    public fun setProperties(properties: Map<String, String>) {
        shell?.setProperties(properties)
    }

    /** The device's FCM token; null when pushes are not wanted. */
    @JvmStatic
    public fun setPushToken(token: String?) {
        shell?.setPushToken(token?.let { PushTarget(it) })
    }

    /**
     * Whether a data message of FCM is ours. Then a notification shows it, which opens its conversation; unless the visitor
     * is looking at that.
     */
    @JvmStatic
    public fun handlePush(data: Map<String, String>): Boolean {
        val push = failsafe { Push.read(data) } ?: return false
        val shell = shell ?: return false
        val phone = phone ?: return false
        if (push.accountId != shell.configuration.accountId) return false
        shell.refresh()
        val isSeen = Screens.isVisible && shell.shownConversation?.let { it == push.conversationId } == true
        if (!isSeen) failsafe { Notifications.show(phone.context, push) }
        return true
    }

    /** Asks whether notifications may be shown, where Android wants that (from 13 on) and it was not answered before. */
    @JvmStatic
    public fun askForNotifications(activity: Activity) {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            failsafe { activity.requestPermissions(arrayOf("android.permission.POST_NOTIFICATIONS"), 0) }
        }
    }

    /** In how many conversations there is something unread. */
    @JvmStatic
    public val unreadCount: Int
        get() = shell?.unreadCount ?: 0

    /** What is told of the chat from now on, until it is closed. */
    @JvmStatic
    public fun listen(listener: Listener): Closeable {
        listeners.add(listener)
        return Closeable { listeners.remove(listener) }
    }

    /** Makes the first opening faster: call it on the main thread when your app has nothing else to do. Loads nothing. */
    @JvmStatic
    public fun prewarm(context: Context) {
        failsafe { WarmPage.make(context.applicationContext) }
    }

    /** The user signed out of your app: page, server and device forget. `done`: on the main thread, within two seconds. */
    @JvmStatic
    @JvmOverloads
    public fun logOut(done: Runnable? = null) {
        val tell = { done?.let { failsafe { it.run() } } }
        shell?.logOut { tell() } ?: tell()
    }

    @Synchronized
    private fun begin(context: Context, read: () -> Configuration) {
        failsafe {
            val configuration = try {
                read()
            } catch (broken: ConfigurationException) {
                shell = null
                problem = broken.problem
                return@failsafe
            }
            if (shell?.configuration == configuration) return@failsafe
            val phone = Phone(context.applicationContext, configuration).also { phone = it }
            val new = Shell(configuration, phone)
            new.listen(Told)
            shell = new
            (context.applicationContext as? Application)?.let(Screens::watch)
            if (context is Activity) Screens.started(context)
            new.setVisible(Screens.isVisible)
        }
    }

    /** Hands on to the app's listeners, whichever shell speaks. */
    private object Told : Listener {
        override fun onUnread(count: Int) = listeners.forEach { failsafe { it.onUnread(count) } }

        override fun onConversationStarted(conversationId: Long) =
            listeners.forEach { failsafe { it.onConversationStarted(conversationId) } }

        override fun onConversationSelected(conversationId: Long) {
            phone?.let { failsafe { Notifications.remove(it.context, conversationId) } }
            listeners.forEach { failsafe { it.onConversationSelected(conversationId) } }
        }
    }

    private const val FILE = "pocketdesk-info.json"
}
