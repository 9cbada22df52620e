package org.pocketdesk

import android.content.SharedPreferences
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import org.pocketdesk.internal.SecureStore

class SecureStoreTest {
    private val kept = HashMap<String, String>()
    private val preferences = Preferences(kept)
    private val key = newKey()
    private val store = SecureStore(preferences) { key }

    @Test
    fun `what is kept comes back, and cannot be read beside it`() {
        store.set("credential", "sécret")
        store.set("leaving", "sécret")
        assertEquals("sécret", store.get("credential"))
        assertNull(store.get("nothing"))
        assertFalse(kept.values.any { "cret" in it })
        assertNotEquals(kept["credential"], kept["leaving"])
        store.remove("credential")
        assertNull(store.get("credential"))
    }

    @Test
    fun `what another phone wrote, what was changed and what stands under another name is removed`() {
        val other = SecureStore(preferences) { newKey() }
        for (
            spoil in listOf<() -> Unit>(
                { other.set("credential", "x") },
                { kept["credential"] = kept.getValue("credential").dropLast(4) + "AAA=" },
                { kept["credential"] = "no base 64 !" },
                { kept["credential"] = "AAAA" },
                { store.set("leaving", "x").also { kept["credential"] = kept.getValue("leaving") } },
            )
        ) {
            store.set("credential", "mine")
            spoil()
            assertNull(store.get("credential"))
            assertFalse("credential" in kept)
        }
    }

    @Test
    fun `a phone without a keystore keeps nothing, and says so`() {
        val broken = SecureStore(preferences) { throw java.security.KeyStoreException("locked") }
        assertThrows(Exception::class.java) { broken.set("credential", "x") }
        assertEquals(emptyMap<String, String>(), kept)
    }

    private fun newKey(): SecretKey = KeyGenerator.getInstance("AES").apply { init(256) }.generateKey()
}

private class Preferences(private val kept: MutableMap<String, String>) : SharedPreferences, SharedPreferences.Editor {
    override fun getString(key: String, fallback: String?) = kept[key] ?: fallback
    override fun edit() = this
    override fun putString(key: String, value: String?) = apply { kept[key] = value!! }
    override fun remove(key: String) = apply { kept.remove(key) }
    override fun commit() = true
    override fun apply() = Unit
    override fun getAll() = kept
    override fun contains(key: String) = key in kept
    override fun clear() = apply { kept.clear() }
    override fun getStringSet(key: String, fallback: Set<String>?) = fallback
    override fun getInt(key: String, fallback: Int) = fallback
    override fun getLong(key: String, fallback: Long) = fallback
    override fun getFloat(key: String, fallback: Float) = fallback
    override fun getBoolean(key: String, fallback: Boolean) = fallback
    override fun putStringSet(key: String, value: Set<String>?) = this
    override fun putInt(key: String, value: Int) = this
    override fun putLong(key: String, value: Long) = this
    override fun putFloat(key: String, value: Float) = this
    override fun putBoolean(key: String, value: Boolean) = this
    override fun registerOnSharedPreferenceChangeListener(listener: SharedPreferences.OnSharedPreferenceChangeListener?) = Unit
    override fun unregisterOnSharedPreferenceChangeListener(listener: SharedPreferences.OnSharedPreferenceChangeListener?) = Unit
}
