package org.example.shop

import android.app.Application
import org.pocketdesk.Pocketdesk

class Shop : Application() {
    override fun onCreate() {
        super.onCreate()
        Pocketdesk.configure(this)
    }
}
