package org.pocketdesk.internal

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.os.Build
import org.pocketdesk.R
import org.pocketdesk.core.Push

/** Notifications of pushes: one for each conversation, the newest in place of the one before. */
internal object Notifications {
    private const val CHANNEL = "pocketdesk_messages"
    private const val MARK = "pocketdesk:"

    /** The manifest may name an icon of the app's own. */
    private const val ICON = "org.pocketdesk.notification_icon"

    fun show(context: Context, push: Push) {
        val notifications = context.getSystemService(NotificationManager::class.java)
        notifications.notify(mark(push.conversationId), 0, build(context, notifications, push))
    }

    fun remove(context: Context, conversationId: Long) =
        context.getSystemService(NotificationManager::class.java).cancel(mark(conversationId), 0)

    fun removeAll(context: Context) {
        val notifications = context.getSystemService(NotificationManager::class.java)
        for (shown in notifications.activeNotifications) {
            val tag = shown.tag
            if (tag != null && tag.startsWith(MARK)) notifications.cancel(tag, shown.id)
        }
    }

    private fun build(context: Context, notifications: NotificationManager, push: Push): Notification {
        val text = push.body ?: context.getString(R.string.pocketdesk_new_message)
        val builder = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) {
            val name = context.getString(R.string.pocketdesk_channel)
            notifications.createNotificationChannel(
                NotificationChannel(CHANNEL, name, NotificationManager.IMPORTANCE_HIGH),
            )
            Notification.Builder(context, CHANNEL)
        } else {
            @Suppress("DEPRECATION")
            Notification.Builder(context).setPriority(Notification.PRIORITY_HIGH).setDefaults(Notification.DEFAULT_ALL)
        }
        builder.setSmallIcon(icon(context))
            .setColor(context.getColor(R.color.pocketdesk_accent))
            .setContentTitle(push.title ?: context.applicationInfo.loadLabel(context.packageManager))
            .setContentText(text)
            .setStyle(Notification.BigTextStyle().bigText(text))
            .setCategory(Notification.CATEGORY_MESSAGE)
            .setVisibility(Notification.VISIBILITY_PRIVATE)
            .setAutoCancel(true)
            .setContentIntent(opening(context, push))
        push.badge?.let { builder.setNumber(it) }
        return builder.build()
    }

    /** What opens the conversation; nobody can change it. */
    private fun opening(context: Context, push: Push): PendingIntent = PendingIntent.getActivity(
        context, 0, Intents.opening(context, push).addFlags(Intent.FLAG_ACTIVITY_NEW_TASK),
        PendingIntent.FLAG_IMMUTABLE or PendingIntent.FLAG_UPDATE_CURRENT,
    )

    private fun icon(context: Context): Int {
        val own = failsafe {
            context.packageManager.getApplicationInfo(context.packageName, PackageManager.GET_META_DATA)
                .metaData?.getInt(ICON)
        }
        return if (own == null || own == 0) R.drawable.pocketdesk_chat else own
    }

    private fun mark(conversationId: Long?) = "$MARK${conversationId ?: ""}"
}
