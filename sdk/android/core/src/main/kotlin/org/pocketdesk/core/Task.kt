package org.pocketdesk.core

import kotlin.math.max
import kotlin.math.min

/** A call to the server: begun once more whenever it is asked for, tried again until it works, never twice at once. */
internal class Task(
    private val host: Host,
    /** On the app's thread: the call to make, or null where there is nothing to do. */
    private val prepare: () -> (() -> Ending<*>)?,
    /** On the app's thread: what came of it. */
    private val after: (Ending<*>) -> Unit = {},
) {
    private var isRunning = false
    private var isWanted = false

    /** The server said when: nothing comes before. */
    private var isHeldBack = false
    private var tries = 0
    private var callOff: (() -> Unit)? = null

    fun begin() {
        tries = 0
        if (!isHeldBack) go()
    }

    fun end() {
        callOff?.invoke()
        callOff = null
        isWanted = false
        isHeldBack = false
    }

    private fun go() {
        if (isRunning) {
            isWanted = true
            return
        }
        end()
        val call = prepare() ?: return
        isRunning = true
        host.away {
            val ending = call()
            host.onApp {
                isRunning = false
                after(ending)
                val afterMs = (ending as? Ending.Again)?.afterMs
                if (isWanted && afterMs == null) {
                    isWanted = false
                    go()
                } else if (ending is Ending.Again) {
                    isWanted = false
                    isHeldBack = afterMs != null
                    callOff = host.later(max(afterMs ?: 0, pauseMs(tries++)), ::go)
                }
            }
        }
    }
}

/** How long to wait after so many tries that failed. */
internal fun pauseMs(tries: Int): Long = min(FIRST_PAUSE_MS shl min(tries, 16), LONGEST_PAUSE_MS)

private const val FIRST_PAUSE_MS = 2_000L
private const val LONGEST_PAUSE_MS = 15 * 60_000L
