package org.pocketdesk.core

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class BrowsingTest {
    private val here = Configuration("https://example.org/desk", 2, "support")

    @Test
    fun `C20 the page stays, links go outside when they are tapped, the rest goes nowhere`() {
        val page = here.pageAddress
        assertEquals(Way.STAY, here.way(page, isMainFrame = true, hasGesture = false))
        assertEquals(Way.STAY, here.way("$page#top", isMainFrame = true, hasGesture = false))
        for (link in listOf("https://example.com/", "mailto:a@example.org", "tel:+3212", "https://example.org/desk/files/1?s=x")) {
            assertEquals(Way.OUTSIDE, here.way(link, isMainFrame = true, hasGesture = true), link)
            assertEquals(Way.NOWHERE, here.way(link, isMainFrame = true, hasGesture = false), link)
        }
        for (bad in listOf(null, "javascript:alert(1)", "file:///etc/passwd", "content://x/y", "intent://x#Intent;end", "data:a", "about:blank")) {
            assertEquals(Way.NOWHERE, here.way(bad, isMainFrame = true, hasGesture = true), bad)
        }
        assertEquals(Way.STAY, here.way("https://example.org/desk/x", isMainFrame = false, hasGesture = false))
        assertEquals(Way.NOWHERE, here.way("https://evil.example/", isMainFrame = false, hasGesture = true))
    }

    @Test
    fun `C16 every cookie of the server is deleted on each path`() {
        val words = here.expired("messagesUtk=abc=; other=2; messagesUtk=x")
        assertEquals(12, words.distinct().size)
        assertTrue(words.all { "=; Max-Age=0; " in it && "; Secure" in it && "abc" !in it })
        assertEquals(setOf("/", "/desk", "/desk/"), words.map { it.substringAfter("Path=").substringBefore(';') }.toSet())
        assertEquals(6, words.count { it.endsWith("; Partitioned") })
        assertEquals(
            listOf("a=; Max-Age=0; Path=/", "messagesUtk=; Max-Age=0; Path=/"),
            Configuration("http://localhost:8000", 2, "a").expired("a=1"),
        )
        assertEquals(listOf("messagesUtk=; Max-Age=0; Path=/"), Configuration("http://localhost:8000", 2, "a").expired(null))
    }

    @Test
    fun `a file chooser is asked for what the page takes`() {
        val known = mapOf("pdf" to "application/pdf", "jpg" to "image/jpeg")::get
        assertEquals(listOf("image/*", "application/pdf"), fileTypes(arrayOf("image/*,.pdf", ""), known))
        assertEquals(emptyList<String>(), fileTypes(arrayOf("image/*", ".xyz"), known))
        assertEquals(emptyList<String>(), fileTypes(arrayOf("*/*"), known))
        assertEquals(emptyList<String>(), fileTypes(null, known))
        assertTrue(takesPhotos(emptyList()))
        assertTrue(takesPhotos(listOf("application/pdf", "image/jpeg")))
        assertFalse(takesPhotos(listOf("application/pdf", "image/png")))
    }

    @Test
    fun `C05 a device in HubSpot's names and forms`() {
        val phone = DeviceFacts("Pixel 7", "14", "5.1", 1080, 2400, 420f, 420f, false, 80, true)
        assertEquals(
            mapOf(
                "platform" to "android", "os_version" to "Android 14", "app_version" to "5.1", "device_model" to "Pixel 7",
                "device_orientation" to "portrait", "screen_resolution" to "1080 x 2400", "screen_size" to "7.0",
                "battery_level" to "80", "notification_permissions" to "true",
            ),
            phone.properties(),
        )
        val unknown = DeviceFacts(null, null, "", 0, 0, 0f, 0f, true, -1, null).properties()
        assertEquals(setOf("platform", "os_version", "app_version", "device_orientation"), unknown.keys)
        assertEquals("N/A", unknown["app_version"])
    }
}
