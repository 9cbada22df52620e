package org.pocketdesk

import android.app.Activity
import android.net.Uri
import android.net.http.SslError
import android.webkit.CookieManager
import android.webkit.RenderProcessGoneDetail
import android.webkit.SslErrorHandler
import android.webkit.WebChromeClient.FileChooserParams
import android.webkit.WebResourceError
import android.webkit.WebResourceRequest
import android.webkit.WebResourceResponse
import android.webkit.WebView
import java.io.File
import java.nio.file.Files
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.mockito.ArgumentMatchers.any
import org.mockito.ArgumentMatchers.anyString
import org.mockito.Mockito.atLeastOnce
import org.mockito.Mockito.mock
import org.mockito.Mockito.never
import org.mockito.Mockito.times
import org.mockito.Mockito.verify
import org.mockito.Mockito.`when`
import org.mockito.invocation.InvocationOnMock
import org.pocketdesk.core.Configuration
import org.pocketdesk.core.Host
import org.pocketdesk.core.Problem
import org.pocketdesk.core.Shell
import org.pocketdesk.core.ToPage
import org.pocketdesk.internal.ChatChrome
import org.pocketdesk.internal.ChatClient
import org.pocketdesk.internal.ChatPage
import org.pocketdesk.internal.ChatPort
import org.pocketdesk.internal.Frame
import org.pocketdesk.internal.PhotoProvider
import org.pocketdesk.internal.Screens
import org.pocketdesk.internal.Traces
import org.pocketdesk.internal.badge
import org.pocketdesk.internal.chosen

/** The thin layer, as far as the framework's classes do without a phone. */
class LayerTest {
    private val configuration = Configuration("https://chat.example.org", 2, "support")
    private val frame = mock(Frame::class.java)
    private val view = mock(WebView::class.java).also { view ->
        `when`(view.post(any())).thenAnswer { call -> call.getArgument<Runnable>(0).run().let { true } }
    }

    @Test
    fun `C17 only the server's page is spoken to and listened to`() {
        val shell = Shell(configuration, mock(Host::class.java, ::runAtOnce))
        val page = ChatPage(view, configuration, frame)
        val port = ChatPort(view, shell, page)
        shell.attach(page)
        for (stranger in listOf(null, "about:blank", "https://chat.example.org.evil.example/", "http://chat.example.org/")) {
            `when`(view.url).thenReturn(stranger)
            port.postMessage("{\"type\":\"close\"}")
            page.receive(ToPage.LogOut)
        }
        port.postMessage(null)
        verify(frame, never()).leave()
        verify(view, never()).evaluateJavascript(any(), any())
        `when`(view.url).thenReturn(configuration.pageAddress)
        port.postMessage("{\"type\":\"close\"}")
        verify(frame).leave()
        port.postMessage("{\"type\":\"open_link\",\"url\":\"https://example.com/\"}")
        verify(frame).openOutside("https://example.com/")
        page.receive(ToPage.LogOut)
        verify(view).evaluateJavascript(ToPage.LogOut.script, null)
    }

    @Test
    fun `C20 a link that is tapped opens outside, and a stranger's frame stays empty`() {
        val client = ChatClient(configuration, frame)
        assertTrue(client.shouldOverrideUrlLoading(view, request("https://example.com/", isTapped = true)))
        verify(frame).openOutside("https://example.com/")
        assertTrue(client.shouldOverrideUrlLoading(view, request("https://example.com/other")))
        assertTrue(client.shouldOverrideUrlLoading(view, request("intent://x#Intent;end", isTapped = true)))
        assertFalse(client.shouldOverrideUrlLoading(view, request(configuration.pageAddress)))
        verify(frame, times(1)).openOutside(anyString())

        val stranger = client.shouldInterceptRequest(view, request("https://evil.example/", isMainFrame = false))
        assertEquals(0, stranger!!.data.readBytes().size)
        assertNull(client.shouldInterceptRequest(view, request("https://chat.example.org/x", isMainFrame = false)))
        assertNull(client.shouldInterceptRequest(view, request(configuration.pageAddress)))
        assertNull(client.shouldInterceptRequest(view, request("https://cdn.example/a.png", isMainFrame = false, accept = "image/*")))
    }

    @Test
    fun `C21 a page that does not load fails, its parts do not`() {
        val client = ChatClient(configuration, frame)
        val error = mock(WebResourceError::class.java)
        val answer = mock(WebResourceResponse::class.java)
        client.onReceivedError(view, request("https://chat.example.org/x", isMainFrame = false), error)
        `when`(answer.statusCode).thenReturn(404)
        client.onReceivedHttpError(view, request(configuration.pageAddress), answer)
        verify(frame, never()).failed()
        `when`(answer.statusCode).thenReturn(502)
        client.onReceivedHttpError(view, request(configuration.pageAddress), answer)
        client.onReceivedError(view, request(configuration.pageAddress), error)
        verify(frame, times(2)).failed()
        val handler = mock(SslErrorHandler::class.java)
        val doubt = mock(SslError::class.java)
        `when`(doubt.url).thenReturn(configuration.pageAddress)
        client.onReceivedSslError(view, handler, doubt)
        verify(handler).cancel()
        verify(handler, never()).proceed()
        verify(frame, times(3)).failed()
    }

    @Test
    fun `the app outlives the page's process`() {
        val client = ChatClient(configuration, frame)
        assertTrue(client.onRenderProcessGone(view, mock(RenderProcessGoneDetail::class.java)))
        verify(frame).gone(view)
    }

    @Test
    fun `a screen that can show no chooser says so`() {
        val params = mock(FileChooserParams::class.java)
        assertFalse(ChatChrome(frame).onShowFileChooser(view, {}, params))
    }

    @Test
    fun `before it is configured, nothing happens and nothing throws`() {
        Pocketdesk.identify(Identity("t"))
        Pocketdesk.setProperties(mapOf("a" to "b"))
        Pocketdesk.setPushToken(null)
        assertFalse(Pocketdesk.handlePush(mapOf("pd_account" to "2")))
        assertEquals(0, Pocketdesk.unreadCount)
        Pocketdesk.listen(object : Listener {}).close()
        var isDone = false
        Pocketdesk.logOut { isDone = true }
        assertTrue(isDone)
        assertEquals(Problem.MISSING_CONFIGURATION, Pocketdesk.problem)
    }

    @Test
    fun `C16 log-out deletes the server's cookies`() {
        val cookies = mock(CookieManager::class.java)
        `when`(cookies.getCookie(anyString())).thenReturn("messagesUtk=abc")
        Traces.removeCookies(cookies, configuration)
        verify(cookies, atLeastOnce()).setCookie("https://chat.example.org", "messagesUtk=; Max-Age=0; Path=/; Secure")
        verify(cookies).flush()
    }

    @Test
    fun `a photo is found by its own name only`() {
        val folder = Files.createTempDirectory("photos").toFile()
        val name = "0b5c1f6e-6f0a-4a38-9f0e-2f6f0a9c1d11.jpg"
        File(folder, name).writeText("x")
        assertEquals(name, PhotoProvider.find(folder, name)?.name)
        for (other in listOf(null, "", "..", "../$name", "x.jpg", name.replace('0', '1'))) {
            assertNull(PhotoProvider.find(folder, other), other)
        }
        folder.deleteRecursively()
    }

    @Test
    fun `several files, one, or a photo`() {
        val (one, two, photo) = List(3) { mock(Uri::class.java) }
        assertEquals(listOf(one, two), chosen(listOf(one, two), one, null))
        assertEquals(listOf(one), chosen(emptyList(), one, photo))
        assertEquals(listOf(photo), chosen(emptyList(), null, photo))
        assertEquals(emptyList<Uri>(), chosen(emptyList(), null, null))
    }

    @Test
    fun `the app is visible while one of its screens is, and what belongs to one ends with it`() {
        val one = mock(Activity::class.java)
        val two = mock(Activity::class.java)
        Screens.onActivityStarted(one)
        Screens.onActivityStarted(two)
        Screens.onActivityStopped(one)
        assertTrue(Screens.isVisible)
        Screens.onActivityStopped(two)
        assertFalse(Screens.isVisible)
        var closed = 0
        Screens.whenEnded(one) { throw IllegalStateException("broken") }
        Screens.whenEnded(one) { closed += 1 }
        Screens.onActivityDestroyed(one)
        Screens.onActivityDestroyed(one)
        assertEquals(1, closed)
    }

    @Test
    fun `a badge has room for two digits`() {
        assertEquals(listOf("1", "99", "99+"), listOf(1, 99, 100).map(::badge))
    }

    private fun request(
        address: String,
        isMainFrame: Boolean = true,
        isTapped: Boolean = false,
        accept: String = "text/html,*/*",
    ): WebResourceRequest {
        val url = Uri.parse(address)
        return mock(WebResourceRequest::class.java) { call ->
            when (call.method.name) {
                "getUrl" -> url
                "isForMainFrame" -> isMainFrame
                "hasGesture" -> isTapped
                "getRequestHeaders" -> mapOf("Accept" to accept)
                else -> false
            }
        }
    }

    /** Everything on the test's thread; the store stays shut. */
    private fun runAtOnce(call: InvocationOnMock): Any? {
        if (call.method.name == "onApp") call.getArgument<() -> Unit>(0)()
        return if (call.method.returnType == String::class.java) "" else null
    }
}
