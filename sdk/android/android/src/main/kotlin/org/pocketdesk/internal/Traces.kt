package org.pocketdesk.internal

import android.content.Context
import android.webkit.CookieManager
import android.webkit.WebStorage
import org.pocketdesk.core.Configuration
import org.pocketdesk.core.expired

/** What the web view and the phone keep of a visitor. The app's other pages keep theirs. */
internal object Traces {
    fun remove(context: Context, configuration: Configuration, isPageClean: Boolean) {
        failsafe { removeCookies(CookieManager.getInstance(), configuration) }
        if (!isPageClean) failsafe { WebStorage.getInstance().deleteOrigin(configuration.origin) }
        failsafe { Notifications.removeAll(context) }
        failsafe { PhotoProvider.removeAll(context) }
    }

    fun removeCookies(cookies: CookieManager, configuration: Configuration) {
        for (address in listOf(configuration.serverUrl, configuration.pageAddress)) {
            for (word in configuration.expired(cookies.getCookie(address))) cookies.setCookie(address, word)
        }
        cookies.flush()
    }
}
