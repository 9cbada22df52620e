package org.pocketdesk.core

import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import java.net.HttpURLConnection
import java.net.URL

/**
 * HTTP by what the platform has: no cookies, no cache, no redirects (a credential goes to the server or nowhere), answers
 * of 64 kB at most and within `patienceMs`.
 */
public class UrlTransport(
    private val userAgent: String,
    private val patienceMs: Int = 15_000,
) : Transport {
    @Throws(IOException::class)
    override fun send(request: Request): Answer {
        val until = System.nanoTime() + patienceMs * 1_000_000L
        val connection = URL(request.url).openConnection() as? HttpURLConnection ?: throw IOException("no HTTP")
        try {
            connection.requestMethod = request.method
            connection.connectTimeout = patienceMs
            connection.readTimeout = patienceMs
            connection.instanceFollowRedirects = false
            connection.useCaches = false
            connection.setRequestProperty("user-agent", userAgent)
            for ((name, value) in request.headers) connection.setRequestProperty(name, value)
            if (request.body != null) {
                connection.doOutput = true
                connection.outputStream.use { it.write(request.body.toByteArray()) }
            }
            val status = connection.responseCode
            if (status < 100) throw IOException("no HTTP")
            val stream = if (status < 400) connection.inputStream else connection.errorStream
            val body = stream?.use { read(it, until) }.orEmpty()
            val headers = HashMap<String, String>()
            for ((name, values) in connection.headerFields) {
                if (name != null && values.isNotEmpty()) headers[name.lowercase()] = values[0]
            }
            return Answer(status, headers, body)
        } catch (broken: RuntimeException) {
            // Some platforms answer a broken address or header so.
            throw IOException(broken)
        } finally {
            connection.disconnect()
        }
    }

    private fun read(stream: InputStream, until: Long): String {
        val found = ByteArrayOutputStream()
        val part = ByteArray(4_096)
        while (true) {
            val length = stream.read(part)
            if (length < 0) return found.toString("UTF-8")
            found.write(part, 0, length)
            if (found.size() > LARGEST || System.nanoTime() > until) throw IOException("too much, or too slow")
        }
    }

    private companion object {
        const val LARGEST = 65_536
    }
}
