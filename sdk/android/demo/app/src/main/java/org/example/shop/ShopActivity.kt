package org.example.shop

import android.app.Activity
import android.os.Bundle
import android.os.Looper
import android.view.Gravity
import android.widget.Button
import android.widget.FrameLayout
import android.widget.LinearLayout
import org.pocketdesk.Identity
import org.pocketdesk.Pocketdesk
import org.pocketdesk.PocketdeskButton

/** A shop with two ways to its support, and somebody to sign in. */
class ShopActivity : Activity() {
    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        val column = LinearLayout(this).apply {
            orientation = LinearLayout.VERTICAL
            gravity = Gravity.CENTER
            fitsSystemWindows = true
        }
        fun choice(text: String, run: () -> Unit) =
            column.addView(Button(this).apply { this.text = text; setOnClickListener { run() } })
        choice("Chat") { Pocketdesk.open(this) }
        choice("Help") { Pocketdesk.openHelp(this) }
        choice("Sign in") {
            Pocketdesk.identifyBy { fetchToken() }
            Pocketdesk.setProperties(mapOf("plan" to "gold"))
            Pocketdesk.askForNotifications(this)
        }
        choice("Sign out") { Pocketdesk.logOut() }

        val whole = FrameLayout(this)
        whole.addView(column)
        val wrap = FrameLayout.LayoutParams.WRAP_CONTENT
        val button = FrameLayout.LayoutParams(wrap, wrap, Gravity.BOTTOM or Gravity.END)
        button.setMargins(0, 0, 48, 144)
        whole.addView(PocketdeskButton(this), button)
        setContentView(whole)

        Looper.myQueue().addIdleHandler {
            Pocketdesk.prewarm(this)
            false
        }
    }

    /** A real app asks its own server here, with its user's session: docs/howto/identity.md. Runs off the main thread. */
    private fun fetchToken(): Identity? = null
}
