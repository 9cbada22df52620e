package org.pocketdesk.internal

import android.annotation.SuppressLint
import android.content.Context
import android.content.MutableContextWrapper
import android.content.res.Configuration
import android.os.Build
import android.webkit.CookieManager
import android.webkit.WebSettings
import android.webkit.WebView

/** Web views, made ready for the chat page. One may be made ahead: its engine is what takes long. It loads nothing. */
internal object WarmPage {
    private var ready: WebView? = null

    fun make(context: Context) {
        if (ready == null) ready = create(context)
    }

    /** One for this screen. */
    fun take(context: Context): WebView {
        val warm = ready ?: return create(context)
        ready = null
        (warm.context as MutableContextWrapper).baseContext = context
        dress(warm, context)
        return warm
    }

    @SuppressLint("SetJavaScriptEnabled")
    private fun create(context: Context): WebView {
        val view = WebView(MutableContextWrapper(context))
        val settings = view.settings
        settings.javaScriptEnabled = true
        settings.domStorageEnabled = true
        settings.allowFileAccess = false
        settings.setGeolocationEnabled(false)
        settings.setSupportMultipleWindows(false)
        settings.mixedContentMode = WebSettings.MIXED_CONTENT_NEVER_ALLOW
        settings.userAgentString = "${settings.userAgentString} $USER_AGENT"
        CookieManager.getInstance().setAcceptCookie(true)
        CookieManager.getInstance().setAcceptThirdPartyCookies(view, false)
        dress(view, context)
        return view
    }

    /** Dark where the phone is. From Android 13 on the screen's theme says it. */
    @Suppress("DEPRECATION")
    private fun dress(view: WebView, context: Context) {
        if (Build.VERSION.SDK_INT in Build.VERSION_CODES.Q until Build.VERSION_CODES.TIRAMISU) {
            view.settings.forceDark = if (isDark(context)) WebSettings.FORCE_DARK_ON else WebSettings.FORCE_DARK_OFF
        }
    }
}

internal fun isDark(context: Context): Boolean =
    context.resources.configuration.uiMode and Configuration.UI_MODE_NIGHT_MASK == Configuration.UI_MODE_NIGHT_YES
