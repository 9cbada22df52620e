package org.pocketdesk.core

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test

class JsonTest {
    @Test
    fun `every kind of value`() {
        val text = """ { "a" : [ 1 , -2.5e1 , true , false , null , [ ] , { } ] , "é\n\"\\\/\u00e9\ud83d\ude00" : "x" } """
        val value = Json.parse(text)
        assertEquals(
            mapOf("a" to listOf(1L, -25.0, true, false, null, emptyList<Any>(), emptyMap<Any, Any>()), "é\n\"\\/é😀" to "x"),
            value,
        )
        assertEquals(value, Json.parse(Json.write(value)))
    }

    @Test
    fun `whole numbers stay exact, others are no whole numbers`() {
        assertEquals(9_007_199_254_740_991, whole(Json.parse("9007199254740991")))
        assertEquals(1_000L, whole(Json.parse("1e3")))
        assertEquals(2L, whole(Json.parse("2.0")))
        for (other in listOf("9007199254740992", "1e300", "99999999999999999999", "-1", "1.5", "\"1\"", "true", "null")) {
            assertNull(whole(Json.parse(other)), other)
        }
    }

    @Test
    fun `what is no JSON`() {
        val broken = listOf(
            "", " ", "{", "[1,]", "{\"a\":}", "{a:1}", "{\"a\":1,}", "[1] 2", "01", "1.", ".5", "+1", "NaN", "-", "1e", "tru",
            "\"", "\"\n\"", "\"\\x\"", "\"\\u12\"", "\"\\u+123\"", "'a'", "[".repeat(100_000), "nulll",
        )
        for (text in broken) assertThrows(JsonException::class.java, { Json.parse(text) }, text.take(20))
    }

    @Test
    fun `what is quoted is read alike`() {
        val hard = (0..0x2030).map { it.toChar() }.joinToString("") + "😀</script>"
        assertEquals(hard, Json.parse(Json.quote(hard)))
        assertEquals(hard, Json.parse(Json.write(hard)))
    }
}
