package org.pocketdesk.core

import java.io.IOException
import java.net.URLEncoder

/** How a call ended. */
public sealed class Ending<out Answer> {
    public data class Done<Answer>(val answer: Answer) : Ending<Answer>()
    public object Unchanged : Ending<Nothing>()

    /** The credential does not hold (any more). */
    public object SignedOut : Ending<Nothing>()

    /** Later, it may work; after so many milliseconds if the server said when. */
    public data class Again(val afterMs: Long?) : Ending<Nothing>()
    public data class Refused(val status: Int) : Ending<Nothing>()
}

public data class PushTarget(
    val token: String,
    val provider: String = "fcm",
    val topic: String? = null,
    val sandbox: Boolean = false,
)

public data class Device(
    val installationId: String,
    val push: PushTarget?,
    val appVersion: String,
    val sdkVersion: String,
    val locale: String,
    val platform: String = "android",
)

/** `unread`: conversations in which something is; `messages`: how many that are. */
public data class Unread(val unread: Int, val messages: Int, val tag: String?)

public class Request(
    public val method: String,
    public val url: String,
    public val headers: Map<String, String>,
    public val body: String?,
)

/** `headers` by their names in lower case. */
public class Answer(public val status: Int, public val headers: Map<String, String>, public val body: String)

/** Carries one request. It may wait, and throws `IOException` when the line is cut. */
public fun interface Transport {
    @Throws(IOException::class)
    public fun send(request: Request): Answer
}

/** The calls of a native shell. They end in a value, never in an exception, and log nothing. */
public class Server(private val serverUrl: String, private val transport: Transport) {
    public fun registerDevice(credential: String, device: Device): Ending<Any?> = call(
        credential, "PUT", "/device",
        linkedMapOf(
            "installation_id" to device.installationId,
            "platform" to device.platform,
            "push" to device.push?.let {
                linkedMapOf("provider" to it.provider, "token" to it.token, "topic" to it.topic, "sandbox" to it.sandbox)
            },
            "app_version" to device.appVersion,
            "sdk_version" to device.sdkVersion,
            "locale" to device.locale,
        ),
    )

    public fun forgetDevice(credential: String, installationId: String): Ending<Any?> =
        call(credential, "DELETE", "/device/${URLEncoder.encode(installationId, "UTF-8")}")

    public fun tellProperties(credential: String, properties: Map<String, String>): Ending<Any?> =
        call(credential, "PUT", "/properties", mapOf("properties" to properties))

    /** `tag` is the one that the answer before had: an unchanged answer costs almost nothing. */
    public fun unread(credential: String, tag: String?): Ending<Unread> {
        var newTag: String? = null
        val more = if (tag == null) emptyMap() else mapOf("if-none-match" to tag)
        val ending = call(credential, "GET", "/unread", more = more) { newTag = it.headers["etag"] }
        return when (ending) {
            is Ending.Done -> {
                val fields = ending.answer as? Map<*, *>
                val unread = whole(fields?.get("unread"))
                val messages = whole(fields?.get("messages"))
                if (unread == null || messages == null) Ending.Again(null)
                else Ending.Done(Unread(unread.asCount(), messages.asCount(), newTag))
            }
            is Ending.Unchanged -> ending
            is Ending.SignedOut -> ending
            is Ending.Again -> ending
            is Ending.Refused -> ending
        }
    }

    public fun logOut(credential: String): Ending<Any?> = call(credential, "DELETE", "/session")

    private fun call(
        credential: String,
        method: String,
        path: String,
        body: Any? = null,
        more: Map<String, String> = emptyMap(),
        look: (Answer) -> Unit = {},
    ): Ending<Any?> {
        val headers = linkedMapOf("authorization" to "Bearer $credential")
        headers.putAll(more)
        if (body != null) headers["content-type"] = "application/json"
        return try {
            val answer = transport.send(
                Request(method, "$serverUrl/api/v1/app$path", headers, body?.let(Json::write)),
            )
            when (answer.status) {
                304 -> Ending.Unchanged
                401 -> Ending.SignedOut
                // Who leads elsewhere is no server, most often a Wi-Fi's login.
                in 300..399 -> Ending.Again(null)
                408, 429, in 500..Int.MAX_VALUE -> Ending.Again(milliseconds(answer.headers["retry-after"]))
                in 200..299 -> {
                    look(answer)
                    Ending.Done(if (answer.body.isEmpty()) null else Json.parse(answer.body))
                }
                else -> Ending.Refused(answer.status)
            }
        } catch (_: Exception) {
            Ending.Again(null)
        }
    }

    private fun milliseconds(word: String?): Long? =
        word?.takeIf { it.length in 1..6 && it.all { mark -> mark in '0'..'9' } }?.let { it.toLong() * 1_000 }
}

internal fun Long.asCount(): Int = coerceAtMost(Int.MAX_VALUE.toLong()).toInt()
