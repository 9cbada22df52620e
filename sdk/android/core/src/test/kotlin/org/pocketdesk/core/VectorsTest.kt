package org.pocketdesk.core

import java.io.File
import java.io.IOException
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

/** The vectors that every shell reads: sdk/wire. */
class VectorsTest {
    private val bridge = wire("bridge")
    private val files = wire("config")

    @TestFactory
    fun `the page says`() = each(bridge, "from_page") { case ->
        assertEquals(case["message"], FromPage.read(case["text"] as String)?.let(::asMap))
    }

    @TestFactory
    fun `the app says`() = each(bridge, "to_page") { case ->
        val message = toPage(case["message"] as Map<*, *>)
        assertEquals(case["text"], message.text)
        assertEquals(case["text"], heard(message.script))
    }

    @TestFactory
    fun `a script`() = each(bridge, "scripts") { case ->
        val script = toPage(Json.parse(case["text"] as String) as Map<*, *>).script
        assertEquals(heard(case["script"] as String), heard(script))
        assertTrue(script.none { it == '\u2028' || it == '\u2029' })
    }

    @TestFactory
    fun `a configuration`() = each(files, "good") { case ->
        assertEquals(case["page"], Configuration.parse(case["file"] as String).pageAddress)
    }

    @TestFactory
    fun `C21 no configuration`() = each(files, "bad") { case ->
        val broken = assertThrows(ConfigurationException::class.java) { Configuration.parse(case["file"] as String?) }
        assertEquals(case["problem"], broken.problem.name.lowercase())
        assertEquals(broken.problem.text, broken.message)
    }

    @TestFactory
    fun `C09 a push`() = each(files, "push") { case ->
        @Suppress("UNCHECKED_CAST")
        val push = Push.read(case["payload"] as Map<String, String>)
        val opens = push?.let {
            mapOf("account_id" to it.accountId, "conversation_id" to it.conversationId, "mobile_tag" to it.mobileTag)
        }
        assertEquals(case["opens"], opens)
    }

    @TestFactory
    fun `a call`() = each(wire("app"), "exchanges") { case ->
        val request = case["request"] as Map<*, *>
        val answer = case["answer"] as Map<*, *>
        val asked = ArrayList<Request>()
        val server = Server("https://chat.example.org") { sent ->
            asked.add(sent)
            @Suppress("UNCHECKED_CAST")
            Answer(
                (answer["status"] as Long).toInt(),
                answer["headers"] as Map<String, String>,
                answer["body"]?.let(Json::write).orEmpty(),
            )
        }
        val ending = call(server, request)
        assertEquals(ENDINGS[answer["status"]], ending::class)
        if (answer["status"] == 200L) {
            assertEquals(Ending.Done(Unread(0, 0, "\"0-0\"")), ending)
        }
        val sent = asked.single()
        assertEquals(request["method"], sent.method)
        assertEquals("https://chat.example.org" + request["path"], sent.url)
        assertEquals(request["headers"], sent.headers - "content-type")
        assertEquals(if (sent.body == null) null else "application/json", sent.headers["content-type"])
        assertEquals(request["body"], sent.body?.let(Json::parse))
    }

    @Test
    fun `a server that is busy is asked again`() {
        for ((status, wait, afterMs) in listOf(Triple(503, "120", 120_000L), Triple(429, null, null), Triple(408, "soon", null))) {
            val headers = if (wait == null) emptyMap() else mapOf("retry-after" to wait)
            assertEquals(Ending.Again(afterMs), Server("https://a.example") { Answer(status, headers, "") }.logOut("x"))
        }
    }

    @Test
    fun `a line that is cut, and an answer that is none, end in a value`() {
        assertEquals(Ending.Again(null), Server("https://a.example") { throw IOException("cut") }.unread("x", null))
        for (torn in listOf("{", "", "[]", "{\"unread\":-1,\"messages\":0}")) {
            assertEquals(Ending.Again(null), Server("https://a.example") { Answer(200, emptyMap(), torn) }.unread("x", null))
        }
    }

    private fun call(server: Server, request: Map<*, *>): Ending<*> {
        @Suppress("UNCHECKED_CAST")
        val headers = request["headers"] as Map<String, String>
        val credential = headers.getValue("authorization").removePrefix("Bearer ")
        val path = request["path"] as String
        val body = request["body"] as? Map<*, *>
        return when {
            path.endsWith("/unread") -> server.unread(credential, headers["if-none-match"])
            path.endsWith("/session") -> server.logOut(credential)
            path.endsWith("/properties") -> {
                @Suppress("UNCHECKED_CAST")
                server.tellProperties(credential, body!!["properties"] as Map<String, String>)
            }
            request["method"] == "DELETE" -> server.forgetDevice(credential, path.substringAfterLast('/'))
            else -> server.registerDevice(credential, device(body!!))
        }
    }

    private fun device(body: Map<*, *>) = Device(
        body["installation_id"] as String,
        (body["push"] as? Map<*, *>)?.let {
            PushTarget(it["token"] as String, it["provider"] as String, it["topic"] as String?, it["sandbox"] as Boolean)
        },
        body["app_version"] as String,
        body["sdk_version"] as String,
        body["locale"] as String,
        body["platform"] as String,
    )

    private companion object {
        val ENDINGS = mapOf(
            200L to Ending.Done::class, 204L to Ending.Done::class, 304L to Ending.Unchanged::class,
            401L to Ending.SignedOut::class, 422L to Ending.Refused::class,
        )

        fun wire(name: String): Map<*, *> =
            Json.parse(File(System.getProperty("wire"), "$name.json").readText()) as Map<*, *>

        fun each(vectors: Map<*, *>, part: String, run: (Map<*, *>) -> Unit): List<DynamicTest> {
            val cases = vectors[part] as List<*>
            assertTrue(cases.size > 1)
            return cases.map { case -> dynamicTest((case as Map<*, *>)["name"] as String) { run(case) } }
        }

        /** What a page hears of a script: its one argument. */
        fun heard(script: String): Any? =
            Json.parse(script.removePrefix("window.PocketdeskPage&&PocketdeskPage.receive(").removeSuffix(")"))

        fun asMap(message: FromPage): Map<String, Any?> = when (message) {
            is FromPage.Ready -> mapOf("type" to "ready", "protocol" to message.protocol)
            is FromPage.IdentityNeeded -> mapOf("type" to "identity_needed")
            is FromPage.LoggedOut -> mapOf("type" to "logged_out")
            is FromPage.Close -> mapOf("type" to "close")
            is FromPage.Credential ->
                mapOf("type" to "credential", "credential" to message.credential, "expires_at" to message.expiresAt)
            is FromPage.ConversationStarted ->
                mapOf("type" to "conversation_started", "conversation_id" to message.conversationId)
            is FromPage.ConversationSelected ->
                mapOf("type" to "conversation_selected", "conversation_id" to message.conversationId)
            is FromPage.Unread -> mapOf("type" to "unread", "count" to message.count)
            is FromPage.OpenLink -> mapOf("type" to "open_link", "url" to message.url)
        }

        fun toPage(given: Map<*, *>): ToPage = when (given["type"]) {
            "identity" ->
                ToPage.SignedIn(given["token"] as String?, given["email"] as String?, given["app_version"] as String?)
            "log_out" -> ToPage.LogOut
            "open_conversation" -> ToPage.OpenConversation(given["conversation_id"] as Long)
            "open_article" -> ToPage.OpenArticle(given["article_id"] as Long, given["language"] as String)
            "open_help" -> ToPage.OpenHelp
            "paused" -> ToPage.Paused
            "resumed" -> ToPage.Resumed
            else -> throw IllegalArgumentException("nobody says $given")
        }
    }
}
