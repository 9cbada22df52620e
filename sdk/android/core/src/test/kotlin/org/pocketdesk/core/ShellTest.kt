package org.pocketdesk.core

import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.PrintStream
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.pocketdesk.Identity
import org.pocketdesk.Listener
import org.pocketdesk.Refresh

/** The shell between app, page and server: on a line that is cut, with tokens that run out, and at log-out. */
class ShellTest {
    @Test
    fun `C17 the page is told who is signed in when it can receive, and not before`() {
        val phone = Phone()
        phone.shell.identify(mia("one"), null)
        phone.open()
        assertEquals(emptyList<String>(), phone.said)
        phone.hear(READY)
        assertEquals(listOf(signedIn("one")), phone.said)
        phone.shell.identify(mia("two"), null)
        assertEquals(signedIn("two"), phone.said.last())
    }

    @Test
    fun `nobody signed in is said too`() {
        val phone = Phone()
        phone.open()
        phone.hear(READY)
        assertEquals(listOf(NOBODY), phone.said)
    }

    @Test
    fun `the page waits while the first token is fetched, however often that fails`() {
        val phone = Phone()
        var asked = 0
        phone.shell.identifyBy { if (++asked < 3) throw IOException("offline") else mia("late") }
        phone.shell.say(ToPage.OpenHelp)
        phone.open()
        phone.hear(READY)
        phone.settle()
        phone.shell.say(ToPage.OpenConversation(7))
        phone.pass(2_000)
        assertEquals(emptyList<String>(), phone.said)
        phone.pass(4_000)
        assertEquals(listOf(signedIn("late"), opened(7)), phone.said)
        assertEquals(3, asked)
    }

    @Test
    fun `a token that is there ends the fetching of one`() {
        val phone = Phone()
        phone.shell.identifyBy { mia("slow") }
        phone.shell.identify(mia("here"), null)
        phone.open()
        phone.hear(READY)
        phone.settle()
        assertEquals(listOf(signedIn("here")), phone.said)
    }

    @Test
    fun `C12 a token that ran out is replaced by the app's callback`() {
        val phone = Phone()
        phone.shell.identify(mia("old")) { mia("new") }
        phone.open()
        phone.hear(READY)
        phone.hear("""{"type":"identity_needed"}""")
        phone.settle()
        assertEquals(listOf(signedIn("old"), signedIn("new")), phone.said)
    }

    @Test
    fun `a callback that is missing, or knows nobody, names nobody`() {
        for (refresh in listOf(null, Refresh { null })) {
            val phone = Phone()
            phone.shell.identify(mia("old"), refresh)
            phone.open()
            phone.hear(READY)
            phone.hear("""{"type":"identity_needed"}""")
            phone.settle()
            assertEquals(NOBODY, phone.said.last())
        }
    }

    @Test
    fun `an answer of the callback that comes after log-out names nobody`() {
        val phone = Phone()
        phone.shell.identify(mia("old")) { mia("too late") }
        phone.open()
        phone.hear(READY)
        phone.settle()
        phone.hear("""{"type":"identity_needed"}""")
        phone.shell.logOut {}
        phone.hear(LOGGED_OUT)
        phone.settle()
        assertEquals(NOBODY, phone.said.last())
        assertFalse(phone.said.any { "too late" in it })
    }

    @Test
    fun `C07 the device is registered once there is a credential, and again with its push token`() {
        val phone = Phone()
        phone.open()
        phone.hear(READY)
        phone.hear(CREDENTIAL)
        phone.settle()
        phone.shell.setPushToken(PushTarget("t"))
        phone.shell.setPushToken(PushTarget("t"))
        phone.settle()
        val devices = phone.calls("/device")
        assertEquals(
            listOf(null, mapOf("provider" to "fcm", "token" to "t", "topic" to null, "sandbox" to false)),
            devices.map { it.body!!["push"] },
        )
        assertEquals("nl-NL", devices[0].body!!["locale"])
        assertEquals("android", devices[0].body!!["platform"])
        assertEquals(ID, devices[0].body!!["installation_id"])
        assertEquals("first", phone.kept["credential"])
    }

    @Test
    fun `a push token waits for a credential, and for a line that was cut`() {
        val phone = Phone()
        phone.shell.setVisible(false)
        phone.shell.setPushToken(PushTarget("t"))
        phone.settle()
        assertEquals(0, phone.calls.size)
        phone.own = emptyMap()
        phone.answers.addAll(listOf(0, 503, 204))
        phone.open()
        phone.hear(CREDENTIAL)
        phone.settle()
        assertEquals(0, phone.calls.size)
        phone.pass(2_000)
        assertEquals(1, phone.calls.size)
        phone.pass(4_000)
        assertEquals(2, phone.calls.size)
        phone.pass(3_600_000)
        assertEquals(2, phone.calls.size)
    }

    @Test
    fun `a server that says when to come back is believed`() {
        val phone = Phone()
        phone.shell.setVisible(false)
        phone.own = emptyMap()
        phone.retryAfter = "300"
        phone.answers.addAll(listOf(503))
        phone.open()
        phone.hear(CREDENTIAL)
        phone.pass(299_999)
        assertEquals(1, phone.calls.size)
        phone.pass(1)
        assertEquals(2, phone.calls.size)
    }

    @Test
    fun `C07 a server that says when to come back is believed, whatever the app says meanwhile`() {
        val phone = Phone()
        phone.shell.setVisible(false)
        phone.own = emptyMap()
        phone.retryAfter = "300"
        phone.answers.addAll(listOf(429))
        phone.open()
        phone.hear(CREDENTIAL)
        phone.shell.setPushToken(PushTarget("said while it is asked"))
        phone.settle()
        phone.shell.setPushToken(PushTarget("said afterwards"))
        phone.pass(299_999)
        assertEquals(1, phone.calls("/device").size)
        phone.pass(1)
        assertEquals(2, phone.calls("/device").size)
        assertEquals("said afterwards", (phone.calls("/device").last().body!!["push"] as Map<*, *>)["token"])
    }

    @Test
    fun `D20 what is unread is not asked for before the server said, though the app comes and goes`() {
        val phone = Phone(mutableMapOf("credential" to "kept"))
        phone.retryAfter = "300"
        phone.answers.add(429)
        phone.settle()
        phone.shell.setVisible(false)
        phone.shell.setVisible(true)
        phone.pass(299_999)
        assertEquals(1, phone.calls.size)
        phone.pass(1)
        assertEquals(2, phone.calls.size)
    }

    @Test
    fun `C16 a redirect ends no session, and is asked again`() {
        val phone = Phone(mutableMapOf("leaving" to "before"))
        phone.answers.add(302)
        phone.settle()
        assertEquals("before", phone.kept["leaving"])
        phone.pass(2_000)
        assertNull(phone.kept["leaving"])
    }

    @Test
    fun `C16 an app that is ended while the page logs out says it at its next start`() {
        val phone = Phone(mutableMapOf("credential" to "kept"))
        phone.open()
        phone.hear(READY)
        phone.settle()
        phone.shell.logOut {}
        phone.settle()
        assertEquals(LOG_OUT, phone.said.last())
        assertEquals(mapOf("leaving" to "kept"), phone.kept - "installation")
    }

    @Test
    fun `the pause grows to a quarter of an hour and no further`() {
        assertEquals(listOf(2_000L, 4_000L, 8_000L), (0..2).map(::pauseMs))
        assertEquals(900_000L, pauseMs(9))
        assertEquals(900_000L, pauseMs(1_000_000))
    }

    @Test
    fun `C05 C06 properties are told together, the newest value of each, the device's own above all`() {
        val phone = Phone()
        phone.shell.setProperties(mapOf("plan" to "free", "device_model" to "mine"))
        phone.open()
        phone.hear(CREDENTIAL)
        phone.shell.setProperties(mapOf("plan" to "gold"))
        phone.settle()
        assertEquals(
            mapOf("properties" to mapOf("device_model" to "Pixel 7", "plan" to "gold")),
            phone.calls("/properties").last().body,
        )
    }

    @Test
    fun `C06 properties stay within what the server takes`() {
        val many = (1..60).associate { "k$it" to "v" } + ("k".repeat(60) to "v") + (" " to "blank")
        val all = bounded(many, mapOf("platform" to "a".repeat(199) + "😀"))
        assertEquals(50, all.size)
        assertEquals("a".repeat(199), all["platform"])
        assertTrue(all.keys.none { it.isBlank() || it.length > 50 })
    }

    @Test
    fun `D20 what is unread is asked for only while the app is in front, and costs little`() {
        val phone = Phone(mutableMapOf("credential" to "kept"))
        val counts = ArrayList<Int>()
        phone.shell.listen(object : Listener {
            override fun onUnread(count: Int) {
                counts.add(count)
            }
        })
        phone.shell.setVisible(false)
        phone.pass(10 * 60_000)
        assertEquals(0, phone.calls.size)
        phone.unread = "{\"unread\":2,\"messages\":3}" to "\"2-3\""
        phone.shell.setVisible(true)
        phone.pass(0)
        assertEquals(listOf(2), counts)
        phone.pass(3 * 60_000)
        assertEquals(4, phone.calls.size)
        assertEquals(3, phone.unchanged)
        assertEquals(listOf(2), counts)
        phone.shell.setVisible(false)
        phone.pass(10 * 60_000)
        assertEquals(4, phone.calls.size)
        assertEquals(2, phone.shell.unreadCount)
    }

    @Test
    fun `coming and going does not ask twice as often`() {
        val phone = Phone(mutableMapOf("credential" to "kept"))
        repeat(5) {
            phone.shell.setVisible(false)
            phone.shell.setVisible(true)
        }
        phone.settle()
        val before = phone.calls.size
        phone.pass(10 * 60_000)
        assertEquals(before + 10, phone.calls.size)
    }

    @Test
    fun `a credential that does not hold is forgotten, and nothing asked with it again`() {
        val phone = Phone(mutableMapOf("credential" to "ended"))
        phone.answers.add(401)
        phone.shell.setVisible(false)
        phone.shell.setVisible(true)
        phone.pass(10 * 60_000)
        assertEquals(1, phone.calls.size)
        assertNull(phone.kept["credential"])
        phone.open()
        phone.hear(CREDENTIAL)
        phone.settle()
        assertEquals("first", phone.calls("/unread").last().credential)
    }

    @Test
    fun `what is unread for whoever left does not come back`() {
        val phone = Phone(mutableMapOf("credential" to "kept"))
        phone.unread = "{\"unread\":2,\"messages\":3}" to "\"2-3\""
        phone.settle()
        phone.shell.setVisible(false)
        phone.shell.setVisible(true)
        phone.shell.logOut {}
        phone.settle()
        assertEquals(0, phone.shell.unreadCount)
    }

    @Test
    fun `the page's own count is at once`() {
        val phone = Phone()
        phone.open()
        phone.hear(READY)
        phone.hear("""{"type":"unread","count":1}""")
        assertEquals(1, phone.shell.unreadCount)
    }

    @Test
    fun `nothing counts as read behind another window or in the background`() {
        val phone = Phone()
        phone.shell.setVisible(false)
        phone.open()
        phone.hear(READY)
        assertEquals(listOf(NOBODY, PAUSED), phone.said)
        phone.shell.setVisible(true)
        assertEquals(RESUMED, phone.said.last())
        phone.shell.setShown(phone.page, false)
        phone.shell.setShown(phone.page, false)
        phone.shell.setVisible(false)
        phone.shell.setVisible(true)
        phone.shell.setShown(phone.page, true)
        assertEquals(listOf(NOBODY, PAUSED, RESUMED, PAUSED, RESUMED), phone.said)
    }

    @Test
    fun `C09 a push opens its conversation, now or when the page is there`() {
        val phone = Phone()
        fun push(account: Long, conversation: Long?) = Push(account, conversation, "support", null, null, null)
        assertTrue(phone.shell.open(push(2, 77)))
        assertFalse(phone.shell.open(push(3, 78)))
        phone.open()
        phone.hear(READY)
        assertEquals(listOf(NOBODY, opened(77)), phone.said)
        phone.shell.open(push(2, 78))
        phone.shell.open(push(2, null))
        assertEquals(opened(78), phone.said.last())
    }

    @Test
    fun `C16 log-out waits for the page, then forgets everything, also at the server`() {
        val phone = Phone()
        phone.shell.identify(mia("one"), null)
        phone.shell.setProperties(mapOf("plan" to "gold"))
        phone.open()
        phone.hear(READY)
        phone.hear(CREDENTIAL)
        phone.hear("""{"type":"unread","count":4}""")
        phone.settle()
        var done = 0
        phone.shell.logOut { done += 1 }
        phone.settle()
        assertEquals(LOG_OUT, phone.said.last())
        assertEquals(0, done)
        phone.hear(LOGGED_OUT)
        phone.settle()
        assertEquals(1, done)
        assertEquals(listOf(true), phone.forgotten)
        assertEquals(NOBODY, phone.said.last())
        assertEquals(listOf("DELETE", "/session", "first"), phone.calls.last().run { listOf(method, path, credential) })
        assertEquals(setOf("installation"), phone.kept.keys)
        assertEquals(0, phone.shell.unreadCount)
        phone.hear(CREDENTIAL)
        phone.settle()
        assertEquals(mapOf("device_model" to "Pixel 7"), phone.calls("/properties").last().body!!["properties"])
        phone.pass(10_000)
        assertEquals(1, done)
    }

    @Test
    fun `C16 a page that does not answer delays log-out by two seconds, no network does not stop it`() {
        val phone = Phone()
        phone.open()
        phone.hear(READY)
        phone.hear(CREDENTIAL)
        phone.settle()
        phone.answers.addAll(listOf(0, 0, 204))
        var isDone = false
        phone.shell.logOut { isDone = true }
        phone.pass(1_999)
        assertFalse(isDone)
        phone.pass(1)
        assertTrue(isDone)
        assertEquals(listOf(false), phone.forgotten)
        assertNull(phone.kept["credential"])
        assertEquals("first", phone.kept["leaving"])
        phone.pass(60_000)
        assertEquals(listOf("DELETE", "/session"), phone.calls.last().run { listOf(method, path) })
        assertNull(phone.kept["leaving"])
    }

    @Test
    fun `C16 a page that is taken away ends the waiting`() {
        val phone = Phone()
        val attached = phone.open()
        phone.hear(READY)
        phone.settle()
        var isDone = false
        phone.shell.logOut { isDone = true }
        attached.close()
        phone.settle()
        assertTrue(isDone)
    }

    @Test
    fun `C16 an app that was ended before the server knew says it at its next start`() {
        val phone = Phone(mutableMapOf("leaving" to "before earlier"))
        phone.settle()
        assertEquals(listOf("before", "earlier"), phone.calls("/session").map { it.credential })
        assertNull(phone.kept["leaving"])
    }

    @Test
    fun `C16 two log-outs without a network are both told`() {
        val phone = Phone(mutableMapOf("credential" to "one"))
        phone.settle()
        phone.answers.addAll(listOf(0, 0))
        phone.shell.logOut {}
        phone.settle()
        phone.open()
        phone.hear(CREDENTIAL)
        phone.shell.logOut {}
        phone.pass(60_000)
        assertEquals(setOf("one", "first"), phone.calls("/session").map { it.credential }.toSet())
        assertNull(phone.kept["leaving"])
    }

    @Test
    fun `C16 a session that began while its visitor left ends too`() {
        val phone = Phone()
        phone.open()
        phone.hear(READY)
        phone.settle()
        phone.shell.logOut {}
        phone.hear(CREDENTIAL)
        phone.hear(LOGGED_OUT)
        phone.settle()
        assertEquals(listOf("first"), phone.calls("/session").map { it.credential })
        assertEquals(setOf("installation"), phone.kept.keys)
    }

    @Test
    fun `close and links go to the app, and only from the page that is shown`() {
        val phone = Phone()
        val attached = phone.open()
        phone.hear("""{"type":"close"}""")
        phone.hear("""{"type":"open_link","url":"https://example.com/"}""")
        phone.hear("""{"type":"open_link","url":"javascript:alert(1)"}""")
        attached.close()
        phone.hear("""{"type":"close"}""")
        assertEquals(1, phone.closed)
        assertEquals(listOf("https://example.com/"), phone.opened)
    }

    @Test
    fun `the shown conversation is known, for pushes that need not be shown`() {
        val phone = Phone()
        val attached = phone.open()
        phone.hear("""{"type":"conversation_selected","conversation_id":5}""")
        assertEquals(5L, phone.shell.shownConversation)
        attached.close()
        assertNull(phone.shell.shownConversation)
    }

    @Test
    fun `listeners that fail stop nobody else, and those that left hear nothing`() {
        val phone = Phone()
        val heard = ArrayList<Long>()
        phone.shell.listen(object : Listener {
            override fun onConversationStarted(conversationId: Long) = throw IllegalStateException("the app's own")
        })
        val listening = phone.shell.listen(object : Listener {
            override fun onConversationStarted(conversationId: Long) {
                heard.add(conversationId)
            }
        })
        phone.open()
        phone.hear("""{"type":"conversation_started","conversation_id":5}""")
        listening.close()
        phone.hear("""{"type":"conversation_started","conversation_id":6}""")
        assertEquals(listOf(5L), heard)
    }

    @Test
    fun `a store that fails keeps nothing and stops nothing`() {
        val phone = Phone()
        phone.isLocked = true
        phone.start()
        phone.open()
        phone.hear(READY)
        phone.hear(CREDENTIAL)
        phone.settle()
        assertEquals(1, phone.calls("/device").size)
        var isDone = false
        phone.shell.logOut { isDone = true }
        phone.pass(2_000)
        assertTrue(isDone)
        assertEquals(1, phone.calls("/session").size)
    }

    @Test
    fun `nothing is ever logged, and an identity says nothing of its token`() {
        val usual = System.out to System.err
        val written = ByteArrayOutputStream()
        PrintStream(written).let { System.setOut(it); System.setErr(it) }
        try {
            val phone = Phone()
            phone.shell.identify(mia("secret-token")) { throw IOException("offline") }
            phone.open()
            phone.hear(READY)
            phone.hear(CREDENTIAL)
            phone.hear("""{"type":"identity_needed"}""")
            phone.answers.addAll(listOf(0, 401, 503))
            phone.pass(10_000)
        } finally {
            System.setOut(usual.first)
            System.setErr(usual.second)
        }
        assertEquals("", written.toString())
        assertFalse("secret" in mia("secret-token").toString())
    }
}

private const val ID = "0b5c1f6e-6f0a-4a38-9f0e-2f6f0a9c1d11"
private const val READY = """{"type":"ready","protocol":1}"""
private const val CREDENTIAL = """{"type":"credential","credential":"first","expires_at":9000000000000}"""
private const val LOGGED_OUT = """{"type":"logged_out"}"""
private const val NOBODY = """{"type":"identity","token":null,"email":null,"app_version":"5.1"}"""
private const val LOG_OUT = """{"type":"log_out"}"""
private const val PAUSED = """{"type":"paused"}"""
private const val RESUMED = """{"type":"resumed"}"""

private fun mia(token: String) = Identity(token, "mia@example.org")
private fun signedIn(token: String) =
    """{"type":"identity","token":"$token","email":"mia@example.org","app_version":"5.1"}"""
private fun opened(id: Long) = """{"type":"open_conversation","conversation_id":$id}"""

private class Call(val method: String, val path: String, val body: Map<*, *>?, val credential: String?)

/** A phone with a shell, a clock, a store and a line; everything happens on the test's thread, when it says so. */
private class Phone(val kept: MutableMap<String, String> = HashMap()) {
    val calls = ArrayList<Call>()
    val said = ArrayList<String>()
    val opened = ArrayList<String>()
    var closed = 0
    var isLocked = false
    val forgotten = ArrayList<Boolean>()
    var own = mapOf("device_model" to "Pixel 7")
    var retryAfter: String? = null

    /** The next answers; 204 when none is left, 0 is no network. */
    val answers = ArrayDeque<Int>()
    var unread = "{\"unread\":0,\"messages\":0}" to "\"0-0\""
    var unchanged = 0
    private var now = 1_000_000L
    private val timers = ArrayList<Pair<Long, () -> Unit>>()
    private val work = ArrayDeque<() -> Unit>()

    val page = object : Page {
        override fun receive(message: ToPage) {
            said.add(message.text)
        }

        override fun close() {
            closed += 1
        }

        override fun openLink(url: String) {
            opened.add(url)
        }
    }

    private val host = object : Host {
        override val appVersion = "5.1"
        override val locale = "nl-NL"
        override val transport = Transport(::answer)
        override val store = object : Store {
            override fun get(key: String) = unlocked { kept[key] }
            override fun set(key: String, value: String) = unlocked { kept[key] = value }
            override fun remove(key: String) = unlocked { kept.remove(key) }.let {}
        }

        override fun properties() = own
        override fun newId() = ID
        override fun forget(isPageClean: Boolean) {
            forgotten.add(isPageClean)
        }

        override fun onApp(run: () -> Unit) = run()
        override fun aside(run: () -> Unit) = work.addLast(run)
        override fun away(run: () -> Unit) = work.addLast(run)
        override fun later(ms: Long, run: () -> Unit): () -> Unit {
            val timer = now + ms to run
            timers.add(timer)
            return { timers.remove(timer) }
        }
    }

    lateinit var shell: Shell

    init {
        start()
    }

    fun start() {
        shell = Shell(Configuration("https://chat.example.org", 2, "support"), host)
        shell.setVisible(true)
    }

    fun open() = shell.attach(page)

    fun hear(text: String) = shell.receive(page, text)

    fun calls(path: String) = calls.filter { it.path == path }

    fun settle() {
        while (work.isNotEmpty()) work.removeFirst()()
    }

    fun pass(ms: Long) {
        val until = now + ms
        while (true) {
            settle()
            val next = timers.filter { it.first <= until }.minByOrNull { it.first } ?: break
            timers.remove(next)
            now = maxOf(now, next.first)
            next.second()
        }
        now = until
        settle()
    }

    private fun answer(request: Request): Answer {
        val path = request.url.removePrefix("https://chat.example.org/api/v1/app")
        val isUnread = path == "/unread"
        val status = answers.removeFirstOrNull() ?: 204
        if (status == 0) throw IOException("no network")
        val credential = request.headers["authorization"]?.removePrefix("Bearer ")
        calls.add(Call(request.method, path, request.body?.let { Json.parse(it) as Map<*, *> }, credential))
        if (status != 204) return Answer(status, retryAfter?.let { mapOf("retry-after" to it) }.orEmpty(), "")
        if (!isUnread) return Answer(204, emptyMap(), "")
        val (body, tag) = unread
        if (request.headers["if-none-match"] == tag) {
            unchanged += 1
            return Answer(304, mapOf("etag" to tag), "")
        }
        return Answer(200, mapOf("etag" to tag), body)
    }

    private fun <Value> unlocked(run: () -> Value): Value = if (isLocked) throw IOException("locked") else run()
}
