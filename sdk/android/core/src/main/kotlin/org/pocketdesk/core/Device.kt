package org.pocketdesk.core

import java.util.Locale
import kotlin.math.ceil
import kotlin.math.sqrt

/** What a phone knows of itself; null where it does not. */
public class DeviceFacts(
    public val model: String?,
    public val release: String?,
    public val appVersion: String?,
    public val widthPixels: Int,
    public val heightPixels: Int,
    /** Dots for each inch, across and down. */
    public val xDensity: Float,
    public val yDensity: Float,
    public val isLandscape: Boolean,
    /** From 0 to 100. */
    public val battery: Int?,
    public val showsNotifications: Boolean?,
) {
    /** As properties, in the names and forms that HubSpot documents. */
    public fun properties(): Map<String, String> {
        val all = linkedMapOf(
            "platform" to "android",
            "os_version" to "Android ${release.orEmpty()}".trim(),
            "app_version" to (appVersion?.ifBlank { null } ?: "N/A"),
            "device_orientation" to if (isLandscape) "landscape" else "portrait",
        )
        model?.ifBlank { null }?.let { all["device_model"] = it }
        if (widthPixels > 0 && heightPixels > 0) {
            all["screen_resolution"] = "$widthPixels x $heightPixels"
            if (xDensity > 0 && yDensity > 0) {
                val across = widthPixels / xDensity.toDouble()
                val down = heightPixels / yDensity.toDouble()
                all["screen_size"] = String.format(Locale.ROOT, "%.1f", ceil(sqrt(across * across + down * down)))
            }
        }
        battery?.takeIf { it in 0..100 }?.let { all["battery_level"] = it.toString() }
        showsNotifications?.let { all["notification_permissions"] = it.toString() }
        return all
    }
}
