package org.pocketdesk.core

/** What the chat page says to the app. Whatever else it says is left out: a later page may say more. */
public sealed class FromPage {
    public data class Ready(val protocol: Long) : FromPage()
    public object IdentityNeeded : FromPage()
    public object LoggedOut : FromPage()
    /** `expiresAt` in milliseconds since 1970. */
    public class Credential(public val credential: String, public val expiresAt: Long) : FromPage()
    public data class ConversationStarted(val conversationId: Long) : FromPage()
    public data class ConversationSelected(val conversationId: Long) : FromPage()
    public data class Unread(val count: Long) : FromPage()
    public object Close : FromPage()
    public data class OpenLink(val url: String) : FromPage()

    public companion object {
        /** What the page said; null for what no app of this version reads. */
        public fun read(text: String): FromPage? {
            val given = try {
                Json.parse(text) as? Map<*, *>
            } catch (_: JsonException) {
                null
            } ?: return null
            fun number(key: String) = whole(given[key])
            fun word(key: String) = (given[key] as? String)?.ifEmpty { null }
            return when (given["type"]) {
                "ready" -> number("protocol")?.let(::Ready)
                "identity_needed" -> IdentityNeeded
                "logged_out" -> LoggedOut
                "close" -> Close
                "credential" -> word("credential")?.let { word -> number("expires_at")?.let { Credential(word, it) } }
                "conversation_started" -> number("conversation_id")?.let(::ConversationStarted)
                "conversation_selected" -> number("conversation_id")?.let(::ConversationSelected)
                "unread" -> number("count")?.let(::Unread)
                "open_link" -> word("url")?.takeIf { isLink(it) }?.let(::OpenLink)
                else -> null
            }
        }

        /** Whether an address may be opened outside the chat. */
        public fun isLink(address: String): Boolean = LINK.containsMatchIn(address)

        private val LINK = Regex("^(https?://[^\\s/]|mailto:\\S|tel:\\S)", RegexOption.IGNORE_CASE)
    }
}

/** What the app says to the chat page. */
public sealed class ToPage(private val fields: Map<String, Any?>) {
    public class SignedIn(token: String?, email: String?, appVersion: String?) : ToPage(
        linkedMapOf("type" to "identity", "token" to token, "email" to email, "app_version" to appVersion),
    )

    public object LogOut : ToPage(mapOf("type" to "log_out"))

    public class OpenConversation(conversationId: Long) :
        ToPage(linkedMapOf("type" to "open_conversation", "conversation_id" to conversationId))

    public class OpenArticle(articleId: Long, language: String) :
        ToPage(linkedMapOf("type" to "open_article", "article_id" to articleId, "language" to language))

    public object OpenHelp : ToPage(mapOf("type" to "open_help"))
    public object Paused : ToPage(mapOf("type" to "paused"))
    public object Resumed : ToPage(mapOf("type" to "resumed"))

    /** The message as it goes over the bridge. */
    public val text: String
        get() = Json.write(fields)

    /** The message as the script that is run in the page. */
    public val script: String
        get() = "window.PocketdeskPage&&PocketdeskPage.receive(${Json.quote(text)})"
}
