package org.pocketdesk.core

import java.net.URLEncoder

/** Where the chat is: the server, the account, and the word by which the app asks for its chatflow. */
public data class Configuration(val serverUrl: String, val accountId: Long, val mobileTag: String) {
    /** The address of the chat page. It never holds who the visitor is. */
    public val pageAddress: String
        get() = "$serverUrl/conversations-visitor-embed?portalId=$accountId&chatflow=${encode(mobileTag)}"

    /** Whether an address belongs to the server: only its pages are shown and listened to. */
    public fun isOurs(address: String?): Boolean =
        address != null && (address == serverUrl || address.startsWith("$serverUrl/"))

    /** Whether a page's origin is the server's. */
    public fun isOurOrigin(origin: String?): Boolean = origin != null && origin(origin) == origin(serverUrl)

    /** Scheme, host and port of the server. */
    public val origin: String
        get() = origin(serverUrl).orEmpty()

    public companion object {
        /** The configuration from a file's text; throws `ConfigurationException`. Unknown keys are left alone. */
        @Throws(ConfigurationException::class)
        public fun parse(text: String?): Configuration {
            if (text == null) throw ConfigurationException(Problem.MISSING_CONFIGURATION)
            val fields = try {
                Json.parse(text) as? Map<*, *>
            } catch (_: JsonException) {
                null
            } ?: throw ConfigurationException(Problem.BROKEN_CONFIGURATION)
            return of(fields["server_url"], fields["account_id"], fields["mobile_tag"])
        }

        /** The configuration from its three words; throws `ConfigurationException`. */
        @Throws(ConfigurationException::class)
        public fun of(serverUrl: Any?, accountId: Any?, mobileTag: Any?): Configuration {
            if (serverUrl == null || serverUrl == "") throw ConfigurationException(Problem.MISSING_SERVER)
            val server = (serverUrl as? String)?.let { ADDRESS.matchEntire(it.trim()) }
                ?: throw ConfigurationException(Problem.BAD_SERVER)
            val (scheme, host) = server.destructured
            if (scheme.equals("http", ignoreCase = true) && !HERE.matches(host)) {
                throw ConfigurationException(Problem.INSECURE_SERVER)
            }
            val account = whole(accountId)
            if (account == null || account < 1) throw ConfigurationException(Problem.BAD_ACCOUNT)
            val tag = (mobileTag as? String)?.trim().orEmpty()
            if (tag.isEmpty()) throw ConfigurationException(Problem.MISSING_MOBILE_TAG)
            return Configuration(server.value.trimEnd('/'), account, tag)
        }

        private val ADDRESS = Regex(
            "(https?)://([a-z0-9.-]+|\\[[0-9a-f:]+])(?::[0-9]{1,5})?(?:/[a-z0-9_./~-]*)?",
            RegexOption.IGNORE_CASE,
        )

        /** A server on this machine or in this network, where a developer may go without a certificate. */
        private val HERE = Regex(
            "localhost|127(\\.[0-9]{1,3}){3}|10(\\.[0-9]{1,3}){3}|192\\.168(\\.[0-9]{1,3}){2}" +
                "|172\\.(1[6-9]|2[0-9]|3[01])(\\.[0-9]{1,3}){2}|\\[::1]|[a-z0-9_-]+\\.local",
            RegexOption.IGNORE_CASE,
        )

        private val ORIGIN = Regex("(https?)://([^/?#@\\\\]+?)(:[0-9]+)?(?:[/?#].*)?", RegexOption.IGNORE_CASE)

        private fun origin(address: String): String? {
            val (scheme, host, port) = ORIGIN.matchEntire(address)?.destructured ?: return null
            val usual = if (scheme.equals("https", ignoreCase = true)) ":443" else ":80"
            return "$scheme://$host${if (port == usual) "" else port}".lowercase()
        }

        private fun encode(word: String): String =
            URLEncoder.encode(word, "UTF-8").replace("+", "%20").replace("*", "%2A").replace("%7E", "~")
    }
}

/** Why there is no chat to show. Each has a text of its own on the screen. */
public enum class Problem(public val text: String) {
    MISSING_CONFIGURATION("Pocketdesk is not configured: call Pocketdesk.configure first."),
    BROKEN_CONFIGURATION("The configuration of Pocketdesk is no JSON object."),
    MISSING_SERVER("The configuration of Pocketdesk names no server_url."),
    BAD_SERVER("server_url must be an address like https://chat.example.org."),
    INSECURE_SERVER("server_url must begin with https://, except for a server on this machine or network."),
    BAD_ACCOUNT("account_id must be the number of your account."),
    MISSING_MOBILE_TAG("The configuration of Pocketdesk names no mobile_tag."),
}

/** What is wrong with a configuration. */
public class ConfigurationException(public val problem: Problem) : Exception(problem.text)
