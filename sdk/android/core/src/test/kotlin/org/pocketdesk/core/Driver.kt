package org.pocketdesk.core

import java.io.File
import java.util.UUID
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import kotlin.system.exitProcess
import org.pocketdesk.Listener

/**
 * The shell as a program, driven by the conformance kit: `DriverKt ORIGIN ACCOUNT_ID TAG FOLDER HASTE`.
 * sdk/conformance/README.md says what goes in and out.
 */
fun main(words: Array<String>) {
    val (origin, accountId, tag, folder, haste) = words
    Driver(origin, accountId.toLong(), tag, File(folder), haste.toDouble()).run()
}

private class Driver(origin: String, accountId: Long, tag: String, private val folder: File, private val haste: Double) {
    private val app = Executors.newSingleThreadScheduledExecutor()
    private val storage = Executors.newSingleThreadExecutor()
    private val network = Executors.newCachedThreadPool()
    private var left = 0

    private val page = object : Page {
        override fun receive(message: ToPage) = Unit
        override fun close() = Unit
        override fun openLink(url: String) = Unit
    }

    private val host = object : Host {
        override val appVersion = "5.1"
        override val locale = "nl-NL"
        override val transport = UrlTransport("PocketdeskSDK/test (android)", patienceMs = (15_000 / haste).toInt())
        override val store = object : Store {
            override fun get(key: String) = File(folder, key).takeIf { it.isFile }?.readText()

            override fun set(key: String, value: String) {
                File(folder, key).writeText(value)
                noted(key)
            }

            override fun remove(key: String) {
                File(folder, key).delete()
                noted(key)
            }

            private fun noted(key: String) {
                if (key == CREDENTIAL) onApp(::show)
            }
        }

        override fun properties() = mapOf("platform" to "android")
        override fun forget(isPageClean: Boolean) = Unit
        override fun newId() = UUID.randomUUID().toString()
        override fun onApp(run: () -> Unit) = app.execute(run)
        override fun aside(run: () -> Unit) = storage.execute(run)
        override fun away(run: () -> Unit) = network.execute(run)
        override fun later(ms: Long, run: () -> Unit): () -> Unit {
            val timer = app.schedule(run, (ms * 1_000 / haste).toLong(), TimeUnit.MICROSECONDS)
            return { timer.cancel(false) }
        }
    }
    private val shell: Shell

    init {
        folder.mkdirs()
        shell = Shell(Configuration(origin, accountId, tag), host)
        shell.attach(page)
        shell.listen(object : Listener {
            override fun onUnread(count: Int) = show()
        })
    }

    fun run() {
        host.onApp(::show)
        for (line in generateSequence(::readLine)) hear(line.substringBefore(' '), line.substringAfter(' ', ""))
        exitProcess(0)
    }

    private fun hear(word: String, more: String) {
        when (word) {
            "front" -> shell.setVisible(true)
            "back" -> shell.setVisible(false)
            "credential" -> shell.receive(page, """{"type":"credential","credential":"$more","expires_at":9000000000000}""")
            "push" -> shell.setPushToken(PushTarget(more))
            "properties" -> shell.setProperties(
                (Json.parse(more) as Map<*, *>).entries.associate { (name, value) -> name.toString() to value.toString() },
            )
            "forget" -> shell.logOut {
                left += 1
                show()
            }
        }
    }

    private fun show() {
        val now = mapOf("unread" to shell.unreadCount, "holds" to File(folder, CREDENTIAL).isFile, "left" to left)
        println(Json.write(now))
    }

    private companion object {
        const val CREDENTIAL = "credential"
    }
}
