package org.pocketdesk.internal

import android.app.Activity
import android.content.Context
import android.content.ContextWrapper
import android.content.Intent
import android.net.Uri
import org.pocketdesk.PocketdeskActivity
import org.pocketdesk.core.Push

/** What opens the chat. */
internal object Intents {
    private const val ACCOUNT = "org.pocketdesk.account"
    private const val CONVERSATION = "org.pocketdesk.conversation"

    fun chat(context: Context): Intent = Intent(context, PocketdeskActivity::class.java)

    /** Where a push leads. Another address for each conversation makes them different. */
    fun opening(context: Context, push: Push): Intent = chat(context)
        .setData(Uri.fromParts("pocketdesk", "${push.accountId}/${push.conversationId ?: ""}", null))
        .putExtra(ACCOUNT, push.accountId)
        .putExtra(CONVERSATION, push.conversationId ?: 0L)

    /** Where such an intent leads; null for one that only opens the chat. */
    fun read(intent: Intent): Push? {
        val account = intent.getLongExtra(ACCOUNT, 0)
        if (account == 0L) return null
        return Push(account, intent.getLongExtra(CONVERSATION, 0).takeIf { it != 0L }, null, null, null, null)
    }
}

/** The screen that a view is on, if it is on one. */
internal tailrec fun activity(context: Context): Activity? = when (context) {
    is Activity -> context
    is ContextWrapper -> activity(context.baseContext)
    else -> null
}

/** A number as a badge has room for it. */
internal fun badge(count: Int): String = if (count > MOST) "$MOST+" else count.toString()

private const val MOST = 99
