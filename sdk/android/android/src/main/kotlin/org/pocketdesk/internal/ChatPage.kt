package org.pocketdesk.internal

import android.annotation.SuppressLint
import android.app.Activity
import android.net.Uri
import android.net.http.SslError
import android.webkit.JavascriptInterface
import android.webkit.RenderProcessGoneDetail
import android.webkit.SslErrorHandler
import android.webkit.ValueCallback
import android.webkit.WebChromeClient
import android.webkit.WebResourceError
import android.webkit.WebResourceRequest
import android.webkit.WebResourceResponse
import android.webkit.WebView
import android.webkit.WebViewClient
import java.io.ByteArrayInputStream
import org.pocketdesk.core.Configuration
import org.pocketdesk.core.Page
import org.pocketdesk.core.Shell
import org.pocketdesk.core.ToPage
import org.pocketdesk.core.Way
import org.pocketdesk.core.way

/** What stands around a web view. */
internal interface Frame {
    val activity: Activity?

    fun loaded()

    fun failed()

    /** The web view's process is gone. */
    fun gone(view: WebView)

    /** There may be a step back within the chat now, or none any more. */
    fun moved()

    fun leave()

    fun openOutside(url: String)
}

/** The page in a web view, for the shell. */
internal class ChatPage(
    private val view: WebView,
    private val configuration: Configuration,
    private val frame: Frame,
) : Page {
    override fun receive(message: ToPage) {
        failsafe { if (configuration.isOurs(view.url)) view.evaluateJavascript(message.script, null) }
    }

    override fun close() = frame.leave()

    override fun openLink(url: String) = frame.openOutside(url)
}

/** What the page speaks to: `PocketdeskApp`. */
internal class ChatPort(private val view: WebView, private val shell: Shell, private val page: Page) {
    /** Comes on a thread of the web view's; the page's address is known on the main thread only. */
    @JavascriptInterface
    fun postMessage(text: String?) {
        if (text == null) return
        view.post { failsafe { if (shell.configuration.isOurs(view.url)) shell.receive(page, text) } }
    }
}

/** Where the page may go, and what becomes of it. */
internal class ChatClient(private val configuration: Configuration, private val frame: Frame) : WebViewClient() {
    override fun shouldOverrideUrlLoading(view: WebView, request: WebResourceRequest): Boolean {
        val address = request.url.toString()
        val way = configuration.way(address, request.isForMainFrame, request.hasGesture())
        if (way == Way.OUTSIDE) frame.openOutside(address)
        return way != Way.STAY
    }

    /** No frame of a stranger's, which could speak to us as well. */
    override fun shouldInterceptRequest(view: WebView, request: WebResourceRequest): WebResourceResponse? {
        val isDocument = request.requestHeaders.orEmpty().any { (name, value) ->
            name.equals("accept", ignoreCase = true) && value.startsWith("text/html")
        }
        val isForeign = isDocument && !request.isForMainFrame && !configuration.isOurs(request.url.toString())
        return if (isForeign) WebResourceResponse("text/plain", "utf-8", ByteArrayInputStream(ByteArray(0))) else null
    }

    override fun onPageFinished(view: WebView, url: String?) = frame.loaded()

    override fun onReceivedError(view: WebView, request: WebResourceRequest, error: WebResourceError) {
        if (request.isForMainFrame) frame.failed()
    }

    override fun onReceivedHttpError(view: WebView, request: WebResourceRequest, response: WebResourceResponse) {
        if (request.isForMainFrame && response.statusCode >= SERVER_ERROR) frame.failed()
    }

    @SuppressLint("WebViewClientOnReceivedSslError")
    override fun onReceivedSslError(view: WebView, handler: SslErrorHandler, error: SslError) {
        handler.cancel()
        if (configuration.isOurs(error.url)) frame.failed()
    }

    override fun doUpdateVisitedHistory(view: WebView, url: String?, isReload: Boolean) = frame.moved()

    /** True: the app lives on without it. */
    override fun onRenderProcessGone(view: WebView, detail: RenderProcessGoneDetail): Boolean {
        frame.gone(view)
        return true
    }

    private companion object {
        const val SERVER_ERROR = 500
    }
}

/** Files for the page. What else a page may ask for (camera, microphone, place) is refused, as by default. */
internal class ChatChrome(private val frame: Frame) : WebChromeClient() {
    override fun onShowFileChooser(view: WebView, answer: ValueCallback<Array<Uri>>, params: FileChooserParams): Boolean {
        val activity = frame.activity ?: return false
        return FileChooser.choose(activity, params, answer)
    }
}
