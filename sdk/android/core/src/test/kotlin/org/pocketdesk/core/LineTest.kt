package org.pocketdesk.core

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import java.io.IOException
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.util.UUID
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** The shell and its transport against a real server, on real threads. */
class LineTest {
    private val threads = Executors.newCachedThreadPool()
    private val served = LinkedBlockingQueue<Served>()
    private var answer: (HttpExchange) -> Unit = { it.reply(204) }
    private val server = HttpServer.create(InetSocketAddress("127.0.0.1", 0), 0).apply {
        executor = threads
        createContext("/") { exchange ->
            val headers = exchange.requestHeaders
            served.add(
                Served(
                    exchange.requestMethod, exchange.requestURI.toString(), headers.getFirst("authorization"),
                    headers.getFirst("user-agent"), headers.getFirst("content-type"), exchange.requestBody.readBytes().decodeToString(),
                ),
            )
            answer(exchange)
        }
        start()
    }
    private val address = "http://127.0.0.1:${server.address.port}"
    private val client = Server(address, UrlTransport("PocketdeskSDK/test (android)", patienceMs = 2_000))

    @AfterEach
    fun stop() {
        server.stop(0)
        threads.shutdownNow()
    }

    @Test
    fun `a call arrives whole`() {
        assertEquals(Ending.Done(null), client.tellProperties("cre", mapOf("plan" to "goud €😀")))
        assertEquals(
            Served(
                "PUT", "/api/v1/app/properties", "Bearer cre", "PocketdeskSDK/test (android)", "application/json",
                "{\"properties\":{\"plan\":\"goud €😀\"}}",
            ),
            served.take(),
        )
        assertEquals(Ending.Done(null), client.logOut("cre"))
        assertEquals("DELETE", served.take().method)
    }

    @Test
    fun `an answer that did not change is told by its tag`() {
        answer = {
            if (it.requestHeaders.getFirst("if-none-match") == "\"1-1\"") it.reply(304)
            else it.reply(200, "{\"unread\":1,\"messages\":1}", "ETag" to "\"1-1\"")
        }
        assertEquals(Ending.Done(Unread(1, 1, "\"1-1\"")), client.unread("cre", null))
        assertEquals(Ending.Unchanged, client.unread("cre", "\"1-1\""))
    }

    @Test
    fun `refusals keep their kind`() {
        for ((status, ending) in listOf(401 to Ending.SignedOut, 422 to Ending.Refused(422), 503 to Ending.Again(7_000))) {
            answer = { it.reply(status, "{\"code\":\"x\"}", "Retry-After" to "7") }
            assertEquals(ending, client.registerDevice("cre", Device(ID, PushTarget("t"), "", "", "")))
        }
        answer = { it.reply(401, "", "WWW-Authenticate" to "Basic realm=\"x\"") }
        assertEquals(Ending.SignedOut, client.tellProperties("cre", emptyMap()))
    }

    @Test
    fun `a credential follows no redirect`() {
        answer = { it.reply(307, "", "Location" to "$address/elsewhere") }
        assertEquals(Ending.Again(null), client.logOut("cre"))
        assertEquals(1, served.size)
    }

    @Test
    fun `an answer that is too large, too slow or cut ends in a value`() {
        answer = { it.reply(200, "x".repeat(100_000)) }
        assertEquals(Ending.Again(null), client.unread("cre", null))
        answer = {
            it.responseHeaders.add("ETag", "\"1\"")
            it.sendResponseHeaders(200, 100)
            it.responseBody.write("{\"unread\":1".toByteArray())
            it.close()
        }
        assertEquals(Ending.Again(null), client.unread("cre", null))
        val never = CountDownLatch(1)
        answer = { never.await() }
        val short = Server(address, UrlTransport("x", patienceMs = 100))
        assertEquals(Ending.Again(null), short.unread("cre", null))
        never.countDown()
    }

    @Test
    fun `a port where nobody listens, and addresses that are none`() {
        val port = ServerSocket(0).use { it.localPort }
        assertEquals(Ending.Again(null), Server("http://127.0.0.1:$port", UrlTransport("x")).logOut("cre"))
        assertThrows(IOException::class.java) {
            UrlTransport("x").send(Request("GET", "file:///etc/passwd", emptyMap(), null))
        }
        assertEquals(Ending.Again(null), client.logOut("a\r\nX-Other: b"))
        assertNull(served.poll())
    }

    @Test
    fun `C16 a whole visit over a line that drops, to the end of the session`() {
        val shell = Shell(Configuration(address, 2, "support"), RealHost(address))
        val said = LinkedBlockingQueue<String>()
        val page = object : Page {
            override fun receive(message: ToPage) {
                said.add(message.text)
            }

            override fun close() = Unit
            override fun openLink(url: String) = Unit
        }
        val tries = ConcurrentHashMap<String, Int>()
        // Every call is cut once, then refused once, before it works.
        answer = {
            when (tries.merge(it.requestURI.path, 1, Int::plus)) {
                1 -> it.close()
                2 -> it.reply(503)
                else -> it.reply(204)
            }
        }
        shell.attach(page)
        shell.receive(page, "{\"type\":\"ready\",\"protocol\":1}")
        assertTrue("identity" in said.poll(5, TimeUnit.SECONDS)!!)
        shell.receive(page, "{\"type\":\"credential\",\"credential\":\"cre\",\"expires_at\":1}")
        awaitCall("PUT", "/api/v1/app/device", times = 3)
        val done = CountDownLatch(1)
        shell.logOut { done.countDown() }
        while (true) if ("log_out" in said.poll(5, TimeUnit.SECONDS)!!) break
        shell.receive(page, "{\"type\":\"logged_out\"}")
        assertTrue(done.await(5, TimeUnit.SECONDS))
        awaitCall("DELETE", "/api/v1/app/session", times = 3)
    }

    private fun awaitCall(method: String, path: String, times: Int) {
        repeat(times) {
            while (true) {
                val call = served.poll(10, TimeUnit.SECONDS) ?: throw AssertionError("no $method $path")
                if (call.method == method && call.path == path) break
            }
        }
    }

    private data class Served(
        val method: String,
        val path: String,
        val credential: String?,
        val agent: String?,
        val kind: String?,
        val body: String,
    )

    /** Threads as a phone has them; pauses are a thousandth of what they are there. */
    private class RealHost(address: String) : Host {
        private val app = Executors.newSingleThreadScheduledExecutor { Thread(it).apply { isDaemon = true } }
        private val storage = Executors.newSingleThreadExecutor { Thread(it).apply { isDaemon = true } }
        private val network = Executors.newCachedThreadPool { Thread(it).apply { isDaemon = true } }
        private val kept = ConcurrentHashMap<String, String>()
        override val appVersion = "5.1"
        override val locale = "nl-NL"
        override val transport = UrlTransport("x")
        override val store = object : Store {
            override fun get(key: String) = kept[key]
            override fun set(key: String, value: String) {
                kept[key] = value
            }

            override fun remove(key: String) {
                kept.remove(key)
            }
        }

        override fun properties() = mapOf("platform" to "android")
        override fun forget(isPageClean: Boolean) = Unit
        override fun newId() = UUID.randomUUID().toString()
        override fun onApp(run: () -> Unit) = app.execute(run)
        override fun aside(run: () -> Unit) = storage.execute(run)
        override fun away(run: () -> Unit) = network.execute(run)
        override fun later(ms: Long, run: () -> Unit): () -> Unit {
            val timer = app.schedule(run, ms, TimeUnit.MICROSECONDS)
            return { timer.cancel(false) }
        }
    }

    private companion object {
        const val ID = "0b5c1f6e-6f0a-4a38-9f0e-2f6f0a9c1d11"

        fun HttpExchange.reply(status: Int, body: String = "", vararg headers: Pair<String, String>) {
            for ((name, value) in headers) responseHeaders.add(name, value)
            val bytes = body.toByteArray()
            sendResponseHeaders(status, if (bytes.isEmpty()) -1 else bytes.size.toLong())
            if (bytes.isNotEmpty()) {
                try {
                    responseBody.write(bytes)
                } catch (_: IOException) {
                    // Whoever asked had enough.
                }
            }
            close()
        }
    }
}
