package org.pocketdesk.core

/** What a push of ours says, and where it leads. `conversationId` null: to the chat. */
public data class Push(
    val accountId: Long,
    val conversationId: Long?,
    val mobileTag: String?,
    val title: String?,
    val body: String?,
    /** How many conversations have something unread, as the server counts; null when it did not say. */
    val badge: Int?,
) {
    public companion object {
        /** What a data message says; null for somebody else's. */
        public fun read(payload: Map<String, String?>): Push? {
            val account = number(payload["pd_account"] ?: payload["hsPortalId"]) ?: return null
            return Push(
                account,
                number(payload["pd_conversation"] ?: payload["hsThreadId"]),
                (payload["pd_tag"] ?: payload["hsChatflowParam"])?.ifEmpty { null },
                payload["hsTitle"]?.ifBlank { null },
                payload["hsBody"]?.ifBlank { null },
                number(payload["badge"])?.coerceAtMost(MOST)?.toInt(),
            )
        }

        private fun number(word: String?): Long? =
            word?.takeIf { DIGITS.matches(it) }?.toLong()?.takeIf { it <= LARGEST_WHOLE }

        private const val MOST = 9_999L
        private val DIGITS = Regex("[0-9]{1,16}")
    }
}
