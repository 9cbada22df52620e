package org.pocketdesk.core

/** What to do with an address that the page wants to go to. */
public enum class Way {
    /** The chat page itself. */
    STAY,

    /** Another app opens it. */
    OUTSIDE,
    NOWHERE,
}

/** Where the page may go. `hasGesture`: the visitor tapped for it. */
public fun Configuration.way(address: String?, isMainFrame: Boolean, hasGesture: Boolean): Way = when {
    address == null -> Way.NOWHERE
    !isMainFrame -> if (isOurs(address)) Way.STAY else Way.NOWHERE
    address == pageAddress || address.startsWith("$pageAddress#") -> Way.STAY
    hasGesture && FromPage.isLink(address) -> Way.OUTSIDE
    else -> Way.NOWHERE
}

/**
 * The words that delete every cookie named in `cookies` (as a request has them) and the visitor's own, which a web view may
 * keep apart and not tell of: on each path where the server may set one.
 */
public fun Configuration.expired(cookies: String?): List<String> {
    val folder = "/" + serverUrl.substringAfter("://").substringAfter('/', "")
    val paths = setOf("/", folder, if (folder.endsWith("/")) folder else "$folder/")
    val isSecure = serverUrl.startsWith("https:", ignoreCase = true)
    val guards = if (isSecure) listOf("; Secure", "; SameSite=None; Secure; Partitioned") else listOf("")
    val names = cookies.orEmpty().split(';').map { it.substringBefore('=').trim() }.filter { it.isNotEmpty() }
    return (names + VISITOR_COOKIE).distinct().flatMap { name ->
        paths.flatMap { path -> guards.map { "$name=; Max-Age=0; Path=$path$it" } }
    }
}

private const val VISITOR_COOKIE = "messagesUtk"

/** What a file chooser is asked for: MIME types; empty for every file. `typeOf` knows an ending's type, or null. */
public fun fileTypes(accept: Array<String>?, typeOf: (String) -> String?): List<String> {
    val words = accept.orEmpty().flatMap { it.split(',') }.map { it.trim().lowercase() }.filter { it.isNotEmpty() }
    val types = words.map { word ->
        when {
            word.startsWith('.') -> typeOf(word.drop(1))
            MIME.matches(word) -> word
            else -> null
        }
    }
    // What this phone has no type for can only be found among all files.
    return if (types.any { it == null || it == "*/*" }) emptyList() else types.filterNotNull().distinct()
}

/** Whether a photo is among what a file chooser is asked for. */
public fun takesPhotos(types: List<String>): Boolean =
    types.isEmpty() || types.any { it == "image/*" || it == "image/jpeg" || it == "image/jpg" }

private val MIME = Regex("[a-z0-9.+*-]+/[a-z0-9.+*-]+")
