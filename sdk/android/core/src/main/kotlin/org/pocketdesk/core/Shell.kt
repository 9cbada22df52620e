package org.pocketdesk.core

import java.io.Closeable
import java.util.concurrent.CopyOnWriteArrayList
import org.pocketdesk.Identity
import org.pocketdesk.Listener
import org.pocketdesk.Refresh

public const val SDK_VERSION: String = "0.1.0"

/** Keeps a few short words across starts of the app, where nobody else can read them. It may wait, and it may fail. */
public interface Store {
    @Throws(Exception::class)
    public fun get(key: String): String?

    @Throws(Exception::class)
    public fun set(key: String, value: String)

    @Throws(Exception::class)
    public fun remove(key: String)
}

/** The app around the shell. */
public interface Host {
    public val appVersion: String
    public val locale: String
    public val store: Store
    public val transport: Transport

    /** What is known of the device right now, by HubSpot's documented names. */
    public fun properties(): Map<String, String>

    /** A UUID in lower case. */
    public fun newId(): String

    /**
     * Removes what web view and phone keep of the visitor, on the app's thread. `isPageClean`: the page has seen to its own
     * storage, and may be using it for the next one already.
     */
    public fun forget(isPageClean: Boolean)

    /** Runs on the app's thread, the only one on which the shell lives: at once if this is it. */
    public fun onApp(run: () -> Unit)

    /** Runs off the app's thread, in order: for the store. */
    public fun aside(run: () -> Unit)

    /** Runs off the app's thread, beside others: for the network, and for what the app fetches. */
    public fun away(run: () -> Unit)

    /** Runs something later on the app's thread; what it gives back calls it off. */
    public fun later(ms: Long, run: () -> Unit): () -> Unit
}

/** The open chat page, if there is one. */
public interface Page {
    public fun receive(message: ToPage)
    public fun close()
    public fun openLink(url: String)
}

/**
 * Everything of the SDK that is not a screen: who is signed in, the page's other end, the device, what is unread, log-out.
 * It may be called from any thread, throws nothing into the app, and logs nothing.
 */
public class Shell(public val configuration: Configuration, private val host: Host) {
    private val server = Server(configuration.serverUrl, host.transport)
    private val listeners = CopyOnWriteArrayList<Listener>()
    private val waiting = ArrayList<() -> Unit>()
    private var isLoaded = false
    private var page: Page? = null
    private var isReady = false
    private var isShown = true
    private var saidPaused = false
    private var identity: Identity? = null
    private var refresh: Refresh? = null

    /** Whether it is known who is signed in. Until then the page waits. */
    private var isNamed = true
    private var asking = 0
    private var installation = ""
    private var credential: String? = null

    /** Credentials of sessions that the server has to end yet. */
    private val leaving = LinkedHashSet<String>()

    /** Ends the waiting for the page at log-out. */
    private var left: ((Boolean) -> Unit)? = null
    private var push: PushTarget? = null
    private var properties: Map<String, String> = emptyMap()
    private var pending: ToPage? = null
    private var tag: String? = null
    private var isVisible = false
    private var callOff: (() -> Unit)? = null
    private var round = 0

    /** The server said when to ask it again for what is unread. */
    private var isHeldBack = false

    private val device = Task(host, {
        withCredential { held ->
            val now = Device(
                installation, push, host.appVersion.cut(LONGEST_WORD), SDK_VERSION, host.locale.cut(LONGEST_WORD),
            )
            ({ server.registerDevice(held, now) })
        }
    })
    private val told = Task(host, {
        withCredential { held ->
            val now = bounded(properties, safely { host.properties() }.orEmpty())
            if (now.isEmpty()) null else ({ server.tellProperties(held, now) })
        }
    })
    private val gone = Task(
        host,
        prepare = { leaving.firstOrNull()?.let { held -> { server.logOut(held) } } },
        after = { ending -> if (ending !is Ending.Again) forgetLeaving() },
    )

    /** In how many conversations there is something unread. */
    @Volatile
    public var unreadCount: Int = 0
        private set

    /** Which conversation the visitor looks at right now; null when none. */
    @Volatile
    public var shownConversation: Long? = null
        private set

    init {
        host.aside(::load)
    }

    // What the app says.

    /** Somebody is signed in. `refresh` is asked for another token when this one does not hold any more. */
    public fun identify(identity: Identity, refresh: Refresh?): Unit = host.onApp {
        asking += 1
        this.identity = identity
        this.refresh = refresh
        isNamed = true
        sayIdentity()
    }

    /** Like `identify`, where the first token has to be fetched too. The page waits for it. */
    public fun identifyBy(refresh: Refresh): Unit = host.onApp {
        this.refresh = refresh
        isNamed = false
        askForToken()
    }

    /** What the app knows of itself, its user and its device, for the agents. */
    public fun setProperties(properties: Map<String, String>) {
        val given = HashMap(properties)
        host.onApp {
            this.properties = this.properties + given
            told.begin()
        }
    }

    /** The provider's word for this device; null when pushes are not wanted any more. */
    public fun setPushToken(push: PushTarget?): Unit = host.onApp {
        if (push != this.push) {
            this.push = push
            device.begin()
        }
    }

    /** Leads the page to where a push came from, now or when it is open. False: it is for another account. */
    public fun open(push: Push): Boolean {
        if (push.accountId != configuration.accountId) return false
        push.conversationId?.let { say(ToPage.OpenConversation(it)) }
        return true
    }

    /** Says something to the page, now or when it can receive. The last of what waits counts. */
    public fun say(message: ToPage): Unit = host.onApp {
        val page = page
        if (page != null && isReady && isNamed) page.receive(message) else pending = message
    }

    /** What is told of the chat from now on, until it is closed. */
    public fun listen(listener: Listener): Closeable {
        listeners.add(listener)
        return Closeable { listeners.remove(listener) }
    }

    /** The app is in front, or no longer. What is unread is asked for only while it is. */
    public fun setVisible(isVisible: Boolean): Unit = host.onApp {
        if (isVisible != this.isVisible) {
            this.isVisible = isVisible
            sayPaused()
            callOff?.invoke()
            callOff = null
            round += 1
            if (isVisible) askUnread()
        }
    }

    /** Something came: what is unread is asked for now, if the app is in front. */
    public fun refresh(): Unit = host.onApp { if (isVisible) askUnread() }

    /** The page's own window is in front, or behind another one of the app's. */
    public fun setShown(page: Page, isShown: Boolean): Unit = host.onApp {
        if (page === this.page) {
            this.isShown = isShown
            sayPaused()
        }
    }

    /**
     * Nobody is signed in any more: page, server and device forget. `done` on the app's thread when the page has said so,
     * or after two seconds.
     */
    public fun logOut(done: () -> Unit): Unit = host.onApp {
        asking += 1
        identity = null
        refresh = null
        isNamed = true
        properties = emptyMap()
        pending = null
        whenLoaded {
            device.end()
            told.end()
            credential?.let { held ->
                leaving.add(held)
                // Kept before anything is waited for: an app that is ended now says it at its next start.
                keepLeaving()
                host.aside { safely { host.store.remove(CREDENTIAL) } }
            }
            credential = null
            tag = null
            val page = page
            if (page == null || !isReady) {
                forget(isPageClean = false, done)
            } else {
                val before = left
                var isDone = false
                val finish = { isPageClean: Boolean ->
                    if (!isDone) {
                        isDone = true
                        left = null
                        before?.invoke(isPageClean)
                        forget(isPageClean, done)
                    }
                }
                left = finish
                host.later(LOGGED_OUT_WITHIN_MS) { finish(false) }
                page.receive(ToPage.LogOut)
            }
        }
    }

    // The page's other end.

    /** A chat page is shown from now on. What comes from it goes to `receive`; closing takes it away. */
    public fun attach(page: Page): Closeable {
        host.onApp {
            this.page = page
            isReady = false
            isShown = true
            saidPaused = false
            shownConversation = null
        }
        return Closeable {
            host.onApp {
                if (this.page === page) {
                    this.page = null
                    isReady = false
                    shownConversation = null
                    left?.invoke(false)
                }
            }
        }
    }

    /** What `page` said. Of a page that was taken away, nothing counts. */
    public fun receive(page: Page, text: String) {
        val message = FromPage.read(text) ?: return
        host.onApp { if (page === this.page) heard(page, message) }
    }

    private fun heard(page: Page, message: FromPage) {
        when (message) {
            is FromPage.Ready -> {
                isReady = true
                saidPaused = false
                sayIdentity()
                sayPaused()
            }
            is FromPage.IdentityNeeded -> {
                isNamed = false
                askForToken()
            }
            is FromPage.LoggedOut -> {
                shownConversation = null
                left?.invoke(true)
                sayIdentity()
            }
            is FromPage.Credential -> keep(message.credential)
            is FromPage.ConversationStarted -> tell { it.onConversationStarted(message.conversationId) }
            is FromPage.ConversationSelected -> {
                shownConversation = message.conversationId
                tell { it.onConversationSelected(message.conversationId) }
            }
            is FromPage.Unread -> count(message.count.asCount())
            is FromPage.Close -> page.close()
            is FromPage.OpenLink -> page.openLink(message.url)
        }
    }

    private fun sayIdentity() {
        val page = page ?: return
        if (!isReady || !isNamed) return
        page.receive(ToPage.SignedIn(identity?.token, identity?.email, host.appVersion.ifEmpty { null }))
        pending?.let {
            pending = null
            page.receive(it)
        }
    }

    private fun sayPaused() {
        val page = page ?: return
        val isPaused = !(isVisible && isShown)
        if (!isReady || isPaused == saidPaused) return
        saidPaused = isPaused
        page.receive(if (isPaused) ToPage.Paused else ToPage.Resumed)
    }

    /** Asks the app until it gives a token, or says that nobody is signed in. A newer question ends this one. */
    private fun askForToken() {
        asking += 1
        ask(asking, refresh, 0)
    }

    private fun ask(turn: Int, refresh: Refresh?, tries: Int) {
        if (turn != asking) return
        if (refresh == null) {
            named(null)
            return
        }
        host.away {
            var found: Identity? = null
            val isKnown = try {
                found = refresh.fetch()
                true
            } catch (_: Exception) {
                false
            }
            host.onApp {
                when {
                    turn != asking -> Unit
                    isKnown -> named(found)
                    else -> host.later(pauseMs(tries)) { ask(turn, refresh, tries + 1) }
                }
            }
        }
    }

    private fun named(found: Identity?) {
        identity = found
        isNamed = true
        sayIdentity()
    }

    // What is kept, and what is told to the server.

    private fun load() {
        val kept = safely { host.store.get(INSTALLATION) }
        val id = kept ?: host.newId().also { new -> safely { host.store.set(INSTALLATION, new) } }
        val held = safely { host.store.get(CREDENTIAL) }
        val before = safely { host.store.get(LEAVING) }
        host.onApp {
            installation = id
            credential = held
            before?.split(' ')?.filterTo(leaving) { it.isNotEmpty() }
            isLoaded = true
            if (leaving.isNotEmpty()) gone.begin()
            val late = waiting.toList()
            waiting.clear()
            late.forEach { it() }
        }
    }

    private fun whenLoaded(run: () -> Unit) {
        if (isLoaded) run() else waiting.add(run)
    }

    private fun keep(credential: String) = whenLoaded {
        if (left != null) {
            // The page's session began while its visitor left: it has to end as well.
            leaving.add(credential)
        } else {
            this.credential = credential
            tag = null
            host.aside { safely { host.store.set(CREDENTIAL, credential) } }
            device.begin()
            told.begin()
            if (isVisible) askUnread()
        }
    }

    private fun forget(isPageClean: Boolean, done: () -> Unit) {
        count(0)
        safely { host.forget(isPageClean) }
        host.aside {
            safely { host.store.remove(CREDENTIAL) }
            host.onApp {
                keepLeaving()
                if (leaving.isNotEmpty()) gone.begin()
                safely(done)
            }
        }
    }

    private fun forgetLeaving() {
        leaving.firstOrNull()?.let(leaving::remove)
        keepLeaving()
        if (leaving.isNotEmpty()) gone.begin()
    }

    private fun keepLeaving() {
        val words = leaving.joinToString(" ")
        host.aside { safely { if (words.isEmpty()) host.store.remove(LEAVING) else host.store.set(LEAVING, words) } }
    }

    /** A call with the credential, if there is one. One that does not hold any more is forgotten; the page brings another. */
    private fun withCredential(prepare: (String) -> (() -> Ending<*>)?): (() -> Ending<*>)? {
        val held = credential ?: return null
        val call = prepare(held) ?: return null
        return { call().also { ending -> if (ending is Ending.SignedOut) host.onApp { lost(held) } } }
    }

    private fun lost(held: String) {
        if (held != credential) return
        credential = null
        tag = null
        host.aside { safely { host.store.remove(CREDENTIAL) } }
    }

    private fun askUnread() {
        round += 1
        val turn = round
        whenLoaded {
            val held = credential
            if (mayAsk(turn)) {
                if (held == null) {
                    askLater()
                } else {
                    val before = tag
                    host.away {
                        val ending = server.unread(held, before)
                        host.onApp {
                            if (ending is Ending.SignedOut) lost(held)
                            // What comes late is not true any more, or of somebody else.
                            if (turn == round && held == credential && ending is Ending.Done) {
                                tag = ending.answer.tag
                                count(ending.answer.unread)
                            }
                            (ending as? Ending.Again)?.afterMs?.let(::holdBack)
                            if (mayAsk(turn)) askLater()
                        }
                    }
                }
            }
        }
    }

    private fun mayAsk(turn: Int) = turn == round && isVisible && !isHeldBack

    private fun askLater() {
        callOff?.invoke()
        callOff = host.later(UNREAD_EVERY_MS) { askUnread() }
    }

    /** Until the moment that the server named, whether the app comes or goes. */
    private fun holdBack(ms: Long) {
        isHeldBack = true
        host.later(ms) {
            isHeldBack = false
            if (isVisible) askUnread()
        }
    }

    private fun count(unread: Int) {
        if (unread == unreadCount) return
        unreadCount = unread
        tell { it.onUnread(unread) }
    }

    /** The app's own mistake stops nobody else from being told. */
    private fun tell(about: (Listener) -> Unit) {
        for (listener in listeners) safely { about(listener) }
    }

    private companion object {
        const val UNREAD_EVERY_MS = 60_000L
        const val LOGGED_OUT_WITHIN_MS = 2_000L
        const val LONGEST_WORD = 40
        const val CREDENTIAL = "credential"
        const val INSTALLATION = "installation"
        const val LEAVING = "leaving"
    }
}

/** What the server takes: 50 properties, names of 50 marks, values of 200. The device's own come first, as HubSpot's do. */
internal fun bounded(given: Map<String, String>, own: Map<String, String>): Map<String, String> {
    val all = LinkedHashMap<String, String>()
    for ((key, value) in own.entries + given.entries) {
        val name = key.cut(LONGEST_KEY)
        if (name.isNotBlank() && name !in all && all.size < MOST_PROPERTIES) all[name] = value.cut(LONGEST_VALUE)
    }
    return all
}

internal fun String.cut(length: Int): String {
    if (this.length <= length) return this
    return take(if (this[length - 1].isHighSurrogate()) length - 1 else length)
}

/** Nothing that goes wrong here may end the app. */
internal inline fun <Value> safely(run: () -> Value): Value? = try {
    run()
} catch (_: Exception) {
    null
}

private const val MOST_PROPERTIES = 50
private const val LONGEST_KEY = 50
private const val LONGEST_VALUE = 200
