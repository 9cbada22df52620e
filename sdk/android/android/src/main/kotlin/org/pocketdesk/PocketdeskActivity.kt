package org.pocketdesk

import android.app.Activity
import android.content.Intent
import android.os.Build
import android.os.Bundle
import android.view.WindowInsets
import android.view.WindowInsetsController
import android.window.OnBackInvokedCallback
import android.window.OnBackInvokedDispatcher
import org.pocketdesk.internal.Intents
import org.pocketdesk.internal.isDark

/** The chat in a screen of its own; `Pocketdesk.open` shows it. */
public class PocketdeskActivity : Activity() {
    private lateinit var chat: PocketdeskView

    /** From Android 13 on: there only while a step back leads somewhere within the chat, so that the gesture shows its way. */
    private var backStep: Any? = null

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        if (state == null) lead(intent)
        chat = PocketdeskView(this)
        chat.onClose = Runnable { finish() }
        chat.onBackChanged = Runnable { noteBack() }
        setContentView(chat)
        fit()
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        lead(intent)
    }

    @Deprecated("of the platform")
    override fun onBackPressed() {
        @Suppress("DEPRECATION")
        if (chat.canGoBack) chat.goBack() else super.onBackPressed()
    }

    override fun onDestroy() {
        chat.onBackChanged = null
        chat.close()
        super.onDestroy()
    }

    /** To where a notification leads. */
    private fun lead(intent: Intent) {
        Intents.read(intent)?.let { Pocketdesk.shell?.open(it) }
    }

    /** Nothing lies under bars, cut-outs or the keyboard. */
    private fun fit() {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.R) {
            chat.fitsSystemWindows = true
            return
        }
        window.setDecorFitsSystemWindows(false)
        val dark = if (isDark(this)) 0 else LIGHT_BARS
        window.insetsController?.setSystemBarsAppearance(dark, LIGHT_BARS)
        chat.setOnApplyWindowInsetsListener { view, insets ->
            val room = insets.getInsets(
                WindowInsets.Type.systemBars() or WindowInsets.Type.displayCutout() or WindowInsets.Type.ime(),
            )
            view.setPadding(room.left, room.top, room.right, room.bottom)
            WindowInsets.CONSUMED
        }
    }

    private fun noteBack() {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) return
        val before = backStep as OnBackInvokedCallback?
        if (chat.canGoBack && before == null) {
            val step = OnBackInvokedCallback { chat.goBack() }
            onBackInvokedDispatcher.registerOnBackInvokedCallback(OnBackInvokedDispatcher.PRIORITY_DEFAULT, step)
            backStep = step
        } else if (!chat.canGoBack && before != null) {
            onBackInvokedDispatcher.unregisterOnBackInvokedCallback(before)
            backStep = null
        }
    }
}

private const val LIGHT_BARS = WindowInsetsController.APPEARANCE_LIGHT_STATUS_BARS or
    WindowInsetsController.APPEARANCE_LIGHT_NAVIGATION_BARS
