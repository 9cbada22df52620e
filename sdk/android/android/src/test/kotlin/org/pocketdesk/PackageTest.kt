package org.pocketdesk

import java.io.ByteArrayOutputStream
import java.io.File
import java.io.PrintWriter
import java.util.spi.ToolProvider
import javax.xml.parsers.DocumentBuilderFactory
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.pocketdesk.core.SDK_VERSION
import org.w3c.dom.Element

/** What goes into the AAR. */
class PackageTest {
    private val resources = File("aar/res")

    /** A change shows here, and has to be meant (UPDATE_API=1 writes it anew). */
    @Test
    fun `the public API is the one that was released`() {
        val api = CLASSES.flatMap { folder -> File(folder, "org/pocketdesk").listFiles { file -> isPublic(file) }!!.toList() }
            .sortedBy { it.name }
            .joinToString("\n") { describe(it) }
        val file = File("../api.txt")
        if (System.getenv("UPDATE_API") != null) file.writeText(api)
        assertEquals(file.readText(), api)
    }

    @Test
    fun `every name of a resource is listed, and compiled against`() {
        val values = resources.listFiles()!!.filter { it.name == "values" }.flatMap { it.listFiles()!!.toList() }
            .flatMap { file -> children(file).map { "${it.tagName} ${it.getAttribute("name").replace('.', '_')}" } }
        val drawables = File(resources, "drawable").listFiles()!!.map { "drawable ${it.nameWithoutExtension}" }
        val listed = File("aar/R.txt").readLines().map { line ->
            assertTrue(Regex("int [a-z]+ \\w+ 0x0").matches(line), line)
            line.removePrefix("int ").removeSuffix(" 0x0")
        }
        assertEquals((values + drawables).toSortedSet(), listed.toSortedSet())
        val compiled = R::class.java.declaredClasses.flatMap { kind ->
            kind.declaredFields.map { "${kind.simpleName} ${it.name}" }
        }
        assertEquals(compiled.toSortedSet(), listed.toSortedSet())
    }

    @Test
    fun `each language has every text, with the same places to fill`() {
        val english = texts(File(resources, "values/strings.xml"))
        val others = resources.listFiles()!!.map { File(it, "strings.xml") }.filter { it.isFile }
        assertEquals(7, others.size)
        for (file in others) {
            val own = texts(file)
            assertEquals(english.keys, own.keys, file.path)
            for ((name, text) in own) {
                assertTrue(text.isNotBlank())
                assertEquals("%d" in english.getValue(name), "%d" in text, "$file $name")
                assertFalse('\'' in text.replace("\\'", ""), "$file $name")
            }
        }
    }

    @Test
    fun `what the manifest and the rules for shrinking name is there`() {
        val manifest = File("aar/AndroidManifest.xml")
        val components = children(manifest).single { it.tagName == "application" }.childNodes
        val names = (0 until components.length).mapNotNull { components.item(it) as? Element }
            .onEach { assertEquals("false", it.getAttribute("android:exported")) }
            .map { it.getAttribute("android:name") }
        assertEquals(2, names.size)
        val kept = Regex("-keep class ([\\w.]+)").findAll(File("aar/proguard.txt").readText()).map { it.groupValues[1] }
        for (name in names + kept) assertTrue(CLASSES.any { File(it, name.replace('.', '/') + ".class").isFile }, name)
        assertTrue("0.1.0" == SDK_VERSION && "<version>$SDK_VERSION</version>" in File("pom.xml").readText())
    }

    @Test
    fun `it needs no library of Google's, writes no log, and runs on old machines`() {
        for (file in CLASSES.flatMap { File(it).walk().filter { file -> file.extension == "class" } }) {
            val bytes = file.readBytes()
            assertEquals(52, bytes[7].toInt(), file.path)
            val text = String(bytes, Charsets.ISO_8859_1)
            for (word in listOf("androidx/", "com/google/", "android/util/Log", "java/io/PrintStream", "printStackTrace")) {
                assertFalse(word in text, "$file: $word")
            }
        }
    }

    private fun isPublic(file: File) = file.extension == "class" && file.name !in setOf("R.class") &&
        !file.name.startsWith("R$") && !Regex("\\$\\w+\\.class|Kt\\.class").containsMatchIn(file.name)

    private fun describe(file: File): String {
        val out = ByteArrayOutputStream()
        val writer = PrintWriter(out)
        ToolProvider.findFirst("javap").get().run(writer, writer, "-protected", file.path)
        // Kotlin's own names for what only this module sees have a dollar.
        return out.toString().lines().filter { line ->
            line.isNotEmpty() && !line.startsWith("Compiled from") && !Regex("[\\w>]\\$[\\w]+\\(|kotlin.jvm.internal").containsMatchIn(line)
        }.joinToString("\n", postfix = "\n")
    }

    private fun texts(file: File): Map<String, String> = children(file).associate { it.getAttribute("name") to it.textContent }

    private fun children(file: File): List<Element> {
        val nodes = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file).documentElement.childNodes
        return (0 until nodes.length).mapNotNull { nodes.item(it) as? Element }
    }

    private companion object {
        val CLASSES = listOf("target/classes", "../core/target/classes")
    }
}
