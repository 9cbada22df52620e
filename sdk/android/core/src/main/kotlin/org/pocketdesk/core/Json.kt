package org.pocketdesk.core

/** A text is no JSON. */
public class JsonException(message: String) : Exception(message)

/** JSON as maps, lists, strings, `Long` (whole numbers), `Double`, booleans and null. */
public object Json {
    /** The value of a text; throws `JsonException`. */
    @Throws(JsonException::class)
    public fun parse(text: String): Any? = Reader(text).whole()

    /** A value as text, without spaces; keys stay in the map's order. */
    public fun write(value: Any?): String = StringBuilder().also { write(value, it) }.toString()

    /** A text as a literal that JSON and every JavaScript read alike. */
    public fun quote(text: String): String = StringBuilder().also { quote(text, it, isScript = true) }.toString()

    private fun write(value: Any?, to: StringBuilder) {
        when (value) {
            null -> to.append("null")
            is Map<*, *> -> {
                to.append('{')
                value.entries.forEachIndexed { place, (key, each) ->
                    if (place > 0) to.append(',')
                    quote(key.toString(), to, isScript = false)
                    to.append(':')
                    write(each, to)
                }
                to.append('}')
            }
            is Iterable<*> -> {
                to.append('[')
                value.forEachIndexed { place, each ->
                    if (place > 0) to.append(',')
                    write(each, to)
                }
                to.append(']')
            }
            is Number, is Boolean -> to.append(value)
            else -> quote(value.toString(), to, isScript = false)
        }
    }

    private fun quote(text: String, to: StringBuilder, isScript: Boolean) {
        to.append('"')
        for (mark in text) {
            when {
                mark == '"' || mark == '\\' -> to.append('\\').append(mark)
                mark == '\n' -> to.append("\\n")
                mark == '\r' -> to.append("\\r")
                mark == '\t' -> to.append("\\t")
                // The last two end a line in scripts of engines before 2018.
                mark < ' ' || isScript && (mark == '\u2028' || mark == '\u2029') ->
                    to.append("\\u").append(mark.code.toString(16).padStart(4, '0'))
                else -> to.append(mark)
            }
        }
        to.append('"')
    }

    private class Reader(private val text: String) {
        private var at = 0

        fun whole(): Any? {
            val value = value(0)
            blanks()
            if (at < text.length) fail()
            return value
        }

        private fun value(depth: Int): Any? {
            if (depth > DEEPEST) fail()
            blanks()
            return when (peek()) {
                '{' -> members(depth)
                '[' -> items(depth)
                '"' -> string()
                't' -> word("true", true)
                'f' -> word("false", false)
                'n' -> word("null", null)
                else -> number()
            }
        }

        private fun members(depth: Int): Map<String, Any?> {
            val found = LinkedHashMap<String, Any?>()
            at += 1
            blanks()
            if (take('}')) return found
            do {
                blanks()
                if (peek() != '"') fail()
                val key = string()
                blanks()
                expect(':')
                found[key] = value(depth + 1)
                blanks()
            } while (take(','))
            expect('}')
            return found
        }

        private fun items(depth: Int): List<Any?> {
            val found = ArrayList<Any?>()
            at += 1
            blanks()
            if (take(']')) return found
            do {
                found.add(value(depth + 1))
                blanks()
            } while (take(','))
            expect(']')
            return found
        }

        private fun string(): String {
            val found = StringBuilder()
            at += 1
            while (true) {
                val mark = next()
                when {
                    mark == '"' -> return found.toString()
                    mark == '\\' -> found.append(escaped())
                    mark < ' ' -> fail()
                    else -> found.append(mark)
                }
            }
        }

        private fun escaped(): Char = when (val mark = next()) {
            '"', '\\', '/' -> mark
            'b' -> '\b'
            'f' -> '\u000C'
            'n' -> '\n'
            'r' -> '\r'
            't' -> '\t'
            'u' -> {
                if (at + 4 > text.length) fail()
                val digits = text.substring(at, at + 4)
                at += 4
                if (!digits.all { it in '0'..'9' || it in 'a'..'f' || it in 'A'..'F' }) fail()
                digits.toInt(16).toChar()
            }
            else -> fail()
        }

        private fun number(): Any {
            val begin = at
            while (at < text.length && text[at] in "+-.0123456789eE") at += 1
            val word = text.substring(begin, at)
            if (!NUMBER.matches(word)) fail()
            return word.toLongOrNull() ?: word.toDouble()
        }

        private fun <Value> word(word: String, value: Value): Value {
            if (!text.startsWith(word, at)) fail()
            at += word.length
            return value
        }

        private fun blanks() {
            while (at < text.length && text[at] in " \t\r\n") at += 1
        }

        private fun peek(): Char = if (at < text.length) text[at] else fail()

        private fun next(): Char = peek().also { at += 1 }

        private fun take(mark: Char): Boolean = (at < text.length && text[at] == mark).also { if (it) at += 1 }

        private fun expect(mark: Char) {
            if (!take(mark)) fail()
        }

        private fun fail(): Nothing = throw JsonException("no JSON at $at")
    }

    private const val DEEPEST = 64
    private val NUMBER = Regex("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")
}

/** The largest whole number that every JSON reader keeps exactly. */
internal const val LARGEST_WHOLE: Long = 9_007_199_254_740_991

/** A value of JSON as a whole number from 0 on; null for everything else. */
internal fun whole(value: Any?): Long? {
    val number = when (value) {
        is Long -> value
        is Double -> if (value % 1.0 == 0.0 && value in 0.0..LARGEST_WHOLE.toDouble()) value.toLong() else return null
        else -> return null
    }
    return if (number in 0..LARGEST_WHOLE) number else null
}
