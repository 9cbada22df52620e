package org.pocketdesk.internal

import android.content.SharedPreferences
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import android.util.Base64
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.KeyStore
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec
import org.pocketdesk.core.Store

/**
 * Preferences whose values only this phone can read: AES-256-GCM under a key that never leaves its keystore. A value is bound
 * to its name. What cannot be read (a backup from another phone, a key that the system lost) is removed.
 */
internal class SecureStore(
    private val preferences: SharedPreferences,
    private val key: () -> SecretKey = ::phoneKey,
) : Store {
    override fun get(key: String): String? {
        val kept = preferences.getString(key, null) ?: return null
        return try {
            open(key, Base64.decode(kept, Base64.NO_WRAP))
        } catch (_: GeneralSecurityException) {
            null.also { remove(key) }
        } catch (_: IllegalArgumentException) {
            null.also { remove(key) }
        }
    }

    override fun set(key: String, value: String) {
        val cipher = Cipher.getInstance(ALGORITHM)
        cipher.init(Cipher.ENCRYPT_MODE, this.key())
        cipher.updateAAD(key.toByteArray())
        val sealed = cipher.iv + cipher.doFinal(value.toByteArray())
        val isKept = preferences.edit().putString(key, Base64.encodeToString(sealed, Base64.NO_WRAP)).commit()
        if (!isKept) throw IOException("not kept")
    }

    override fun remove(key: String) {
        preferences.edit().remove(key).commit()
    }

    private fun open(name: String, sealed: ByteArray): String {
        require(sealed.size > IV_BYTES)
        val cipher = Cipher.getInstance(ALGORITHM)
        cipher.init(Cipher.DECRYPT_MODE, key(), GCMParameterSpec(TAG_BITS, sealed, 0, IV_BYTES))
        cipher.updateAAD(name.toByteArray())
        return cipher.doFinal(sealed, IV_BYTES, sealed.size - IV_BYTES).decodeToString()
    }

    private companion object {
        const val ALGORITHM = "AES/GCM/NoPadding"
        const val IV_BYTES = 12
        const val TAG_BITS = 128
        const val KEY_BITS = 256
        const val ALIAS = "pocketdesk"
        const val KEYSTORE = "AndroidKeyStore"

        fun phoneKey(): SecretKey {
            val keys = KeyStore.getInstance(KEYSTORE).apply { load(null) }
            (keys.getKey(ALIAS, null) as? SecretKey)?.let { return it }
            val use = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
            val form = KeyGenParameterSpec.Builder(ALIAS, use)
                .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
                .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
                .setKeySize(KEY_BITS)
                .build()
            return KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, KEYSTORE).apply { init(form) }.generateKey()
        }
    }
}
