package org.pocketdesk

import android.content.Context
import android.content.res.ColorStateList
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.drawable.GradientDrawable
import android.graphics.drawable.RippleDrawable
import android.util.AttributeSet
import android.widget.ImageButton
import java.io.Closeable
import org.pocketdesk.internal.badge

/** A round button that opens the chat, with the number of conversations in which something is unread. */
public class PocketdeskButton @JvmOverloads constructor(
    context: Context,
    attributes: AttributeSet? = null,
) : ImageButton(context, attributes) {
    private val density = resources.displayMetrics.density
    private val paint = Paint(Paint.ANTI_ALIAS_FLAG).apply { textAlign = Paint.Align.CENTER }
    private var listening: Closeable? = null
    private var count = 0

    init {
        val size = (SIZE_DP * density).toInt()
        minimumWidth = size
        minimumHeight = size
        elevation = ELEVATION_DP * density
        scaleType = ScaleType.CENTER
        setImageResource(R.drawable.pocketdesk_chat)
        setColors(context.getColor(R.color.pocketdesk_accent), context.getColor(R.color.pocketdesk_on_accent))
        setOnClickListener { Pocketdesk.open(context) }
        show(Pocketdesk.unreadCount)
    }

    /** Colours of your own, as `0xAARRGGBB`. */
    public fun setColors(ground: Int, icon: Int) {
        val round = GradientDrawable().apply {
            shape = GradientDrawable.OVAL
            setColor(ground)
        }
        background = RippleDrawable(ColorStateList.valueOf(icon and TRANSLUCENT), round, null)
        imageTintList = ColorStateList.valueOf(icon)
    }

    override fun onAttachedToWindow() {
        super.onAttachedToWindow()
        listening = Pocketdesk.listen(object : Listener {
            override fun onUnread(count: Int) = show(count)
        })
        show(Pocketdesk.unreadCount)
    }

    override fun onDetachedFromWindow() {
        listening?.close()
        listening = null
        super.onDetachedFromWindow()
    }

    override fun onDraw(canvas: Canvas) {
        super.onDraw(canvas)
        if (count == 0) return
        val radius = BADGE_DP * density
        val x = if (layoutDirection == LAYOUT_DIRECTION_RTL) radius else width - radius
        paint.color = context.getColor(R.color.pocketdesk_badge)
        canvas.drawCircle(x, radius, radius, paint)
        paint.color = WHITE
        paint.textSize = TEXT_DP * density
        canvas.drawText(badge(count), x, radius - (paint.ascent() + paint.descent()) / 2, paint)
    }

    private fun show(count: Int) {
        this.count = count
        contentDescription = if (count == 0) {
            context.getString(R.string.pocketdesk_open)
        } else {
            resources.getQuantityString(R.plurals.pocketdesk_unread, count, count)
        }
        invalidate()
    }
}

private const val SIZE_DP = 56
private const val ELEVATION_DP = 6
private const val BADGE_DP = 10
private const val TEXT_DP = 12
private const val WHITE = -1
private const val TRANSLUCENT = 0x40FFFFFF
