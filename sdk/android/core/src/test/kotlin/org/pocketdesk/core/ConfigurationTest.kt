package org.pocketdesk.core

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class ConfigurationTest {
    @Test
    fun `only the server's own pages are shown and listened to`() {
        val here = Configuration.of("https://chat.example.org/desk/", 2L, "support")
        assertTrue(here.isOurs(here.pageAddress))
        assertTrue(here.isOurs("https://chat.example.org/desk"))
        for (
            other in listOf(
                null, "", "about:blank", "https://chat.example.org.evil.example/desk/", "https://chat.example.org/deskx",
                "http://chat.example.org/desk/", "https://chat.example.org@evil.example/desk/", "javascript:alert(1)",
                "https://chat.example.org:8443/desk/", "file:///desk/", "data:text/html,hello",
            )
        ) {
            assertFalse(here.isOurs(other), other)
        }
    }

    @Test
    fun `an origin is scheme, host and port`() {
        val here = Configuration.of("https://Chat.example.org/desk", 2L, "support")
        assertEquals("https://chat.example.org", here.origin)
        for (same in listOf("https://chat.example.org", "https://chat.example.org/", "https://CHAT.example.org:443/a?b#c")) {
            assertTrue(here.isOurOrigin(same), same)
        }
        for (
            other in listOf(
                null, "", "null", "http://chat.example.org", "https://chat.example.org:8443", "https://example.org",
                "https://chat.example.org@evil.example", "https://chat.example.org\\@evil.example",
            )
        ) {
            assertFalse(here.isOurOrigin(other), other)
        }
        assertEquals("http://10.0.2.2:8000", Configuration.of("http://10.0.2.2:8000", 2L, "a").origin)
    }
}
