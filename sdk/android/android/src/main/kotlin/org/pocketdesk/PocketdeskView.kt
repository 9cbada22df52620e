package org.pocketdesk

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Context
import android.content.Intent
import android.net.Uri
import android.os.SystemClock
import android.util.AttributeSet
import android.view.Gravity
import android.view.View
import android.view.ViewGroup
import android.webkit.WebView
import android.widget.Button
import android.widget.FrameLayout
import android.widget.LinearLayout
import android.widget.ProgressBar
import android.widget.TextView
import java.io.Closeable
import org.pocketdesk.core.Page
import org.pocketdesk.core.Shell
import org.pocketdesk.internal.ChatChrome
import org.pocketdesk.internal.ChatClient
import org.pocketdesk.internal.ChatPage
import org.pocketdesk.internal.ChatPort
import org.pocketdesk.internal.Frame
import org.pocketdesk.internal.Screens
import org.pocketdesk.internal.WarmPage
import org.pocketdesk.internal.activity
import org.pocketdesk.internal.failsafe

/**
 * The chat, as large as its place, for a screen of the app's own. It goes with its activity; where that lives longer than the
 * view, `close` it. Only pages of the server are shown and listened to.
 */
public class PocketdeskView @JvmOverloads constructor(
    context: Context,
    attributes: AttributeSet? = null,
) : FrameLayout(context, attributes) {
    /** The visitor wants to leave the chat: take it away. */
    public var onClose: Runnable? = null

    /** Called when `goBack` begins or ceases to lead somewhere within the chat. */
    public var onBackChanged: Runnable? = null

    private var web: WebView? = null
    private var page: Page? = null
    private var attached: Closeable? = null
    private var shell: Shell? = null
    private var waiting: View? = null
    private var lastGone = 0L

    private val frame = object : Frame {
        override val activity: Activity?
            get() = activity(context)

        override fun loaded() {
            waiting?.let(::removeView)
            waiting = null
        }

        override fun failed() {
            if (web == null) return
            close()
            removeAllViews()
            trouble(context.getString(R.string.pocketdesk_load_failed), canRetry = true)
        }

        /** Another one begins where the server is, unless that happens again at once. */
        override fun gone(view: WebView) {
            if (view !== web) return
            val now = SystemClock.elapsedRealtime()
            val isAgain = lastGone != 0L && now - lastGone < AGAIN_MS
            lastGone = now
            if (isAgain) failed() else load()
        }

        override fun moved() {
            onBackChanged?.let { failsafe { it.run() } }
        }

        override fun leave() {
            onClose?.let { failsafe { it.run() } }
        }

        override fun openOutside(url: String) {
            val intent = Intent(Intent.ACTION_VIEW, Uri.parse(url)).addCategory(Intent.CATEGORY_BROWSABLE)
            if (activity == null) intent.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)
            try {
                context.startActivity(intent)
            } catch (_: ActivityNotFoundException) {
                // No app for it.
            } catch (_: SecurityException) {
                // An app that lets nobody in.
            }
        }
    }

    init {
        setBackgroundColor(context.getColor(R.color.pocketdesk_surface))
        activity(context)?.let { Screens.whenEnded(it, ::close) }
        load()
    }

    /** Whether there is a step back within the chat. */
    public val canGoBack: Boolean
        get() = failsafe { web?.canGoBack() } == true

    /** A step back within the chat, if there is one. */
    public fun goBack() {
        if (canGoBack) web?.goBack()
    }

    /** Takes the page away for good. */
    public fun close() {
        val before = web ?: return
        attached?.close()
        attached = null
        page = null
        web = null
        removeView(before)
        failsafe { before.destroy() }
    }

    override fun onAttachedToWindow() {
        super.onAttachedToWindow()
        // It was configured since.
        if (shell == null && Pocketdesk.shell != null) load()
    }

    override fun onWindowVisibilityChanged(visibility: Int) {
        super.onWindowVisibilityChanged(visibility)
        sayShown()
    }

    override fun onVisibilityChanged(changed: View, visibility: Int) {
        super.onVisibilityChanged(changed, visibility)
        sayShown()
    }

    // The platform's constructor calls it before there is anything to say.
    private fun sayShown() {
        val page = page ?: return
        shell?.setShown(page, windowVisibility == VISIBLE && isShown)
    }

    private fun load() {
        close()
        removeAllViews()
        val shell = Pocketdesk.shell
        this.shell = shell
        if (shell == null) {
            trouble(Pocketdesk.problem.text, canRetry = false)
            return
        }
        val view = failsafe { WarmPage.take(context) }
        if (view == null) {
            // The system is just replacing its web view.
            trouble(context.getString(R.string.pocketdesk_load_failed), canRetry = true)
            return
        }
        val configuration = shell.configuration
        val shown = ChatPage(view, configuration, frame)
        view.webViewClient = ChatClient(configuration, frame)
        view.webChromeClient = ChatChrome(frame)
        view.addJavascriptInterface(ChatPort(view, shell, shown), "PocketdeskApp")
        view.setDownloadListener { url, _, _, _, _ -> if (configuration.isOurs(url)) frame.openOutside(url) }
        web = view
        page = shown
        attached = shell.attach(shown)
        addView(view, LayoutParams(MATCH, MATCH))
        waiting = ProgressBar(context).also { addView(it, LayoutParams(WRAP, WRAP, Gravity.CENTER)) }
        view.loadUrl(configuration.pageAddress)
    }

    private fun trouble(text: String, canRetry: Boolean) {
        val column = LinearLayout(context)
        column.orientation = LinearLayout.VERTICAL
        column.gravity = Gravity.CENTER
        val space = (SPACE_DP * resources.displayMetrics.density).toInt()
        column.setPadding(space, space, space, space)
        val words = TextView(context)
        words.text = text
        words.gravity = Gravity.CENTER
        words.textSize = TEXT_SP
        words.setTextColor(context.getColor(R.color.pocketdesk_text))
        words.accessibilityLiveRegion = ACCESSIBILITY_LIVE_REGION_POLITE
        column.addView(words, ViewGroup.LayoutParams(WRAP, WRAP))
        if (canRetry) {
            val again = Button(context)
            again.setText(R.string.pocketdesk_try_again)
            again.setOnClickListener { load() }
            column.addView(again, ViewGroup.LayoutParams(WRAP, WRAP))
        }
        addView(column, LayoutParams(MATCH, MATCH))
    }
}

private const val MATCH = ViewGroup.LayoutParams.MATCH_PARENT
private const val WRAP = ViewGroup.LayoutParams.WRAP_CONTENT
private const val SPACE_DP = 24
private const val TEXT_SP = 16f
private const val AGAIN_MS = 10_000L
