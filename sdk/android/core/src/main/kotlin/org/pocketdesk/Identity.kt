package org.pocketdesk

/** Who is signed in to the app: a token that proves it, and the address that it proves. */
public class Identity @JvmOverloads constructor(
    public val token: String,
    public val email: String? = null,
) {
    /** Says nothing of the token, for whatever an app logs. */
    override fun toString(): String = "Identity"
}

/**
 * Fetches another token from the app's own server. Called on a thread of its own, where it may wait. Null means that
 * nobody is signed in; it *throws* where that could not be found out, and is then asked again later.
 */
public fun interface Refresh {
    @Throws(Exception::class)
    public fun fetch(): Identity?
}

/** What the app is told of the chat, on its main thread. */
public interface Listener {
    /** In so many conversations there is something unread. */
    public fun onUnread(count: Int) {}

    /** The visitor wrote for the first time. */
    public fun onConversationStarted(conversationId: Long) {}

    /** A conversation is shown. */
    public fun onConversationSelected(conversationId: Long) {}
}
