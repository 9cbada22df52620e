package org.pocketdesk.internal

import android.content.ContentProvider
import android.content.ContentValues
import android.content.Context
import android.database.Cursor
import android.database.MatrixCursor
import android.net.Uri
import android.os.ParcelFileDescriptor
import android.provider.OpenableColumns
import java.io.File
import java.io.FileNotFoundException
import java.util.UUID

/** Photos that the camera takes for the chat: private files, lent to the camera and the web view one by one. */
internal class PhotoProvider : ContentProvider() {
    override fun onCreate(): Boolean = true

    override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor {
        val file = context?.let { photo(it, uri) } ?: throw FileNotFoundException()
        return ParcelFileDescriptor.open(file, ParcelFileDescriptor.parseMode(mode))
    }

    override fun getType(uri: Uri): String = "image/jpeg"

    override fun query(
        uri: Uri,
        projection: Array<String>?,
        selection: String?,
        selectionArgs: Array<String>?,
        sortOrder: String?,
    ): Cursor? {
        val file = context?.let { photo(it, uri) } ?: return null
        val columns = projection ?: arrayOf(OpenableColumns.DISPLAY_NAME, OpenableColumns.SIZE)
        return MatrixCursor(columns).apply {
            addRow(
                columns.map { column ->
                    when (column) {
                        OpenableColumns.DISPLAY_NAME -> "photo.jpg"
                        OpenableColumns.SIZE -> file.length()
                        else -> null
                    }
                },
            )
        }
    }

    override fun insert(uri: Uri, values: ContentValues?): Uri? = null

    override fun update(uri: Uri, values: ContentValues?, selection: String?, selectionArgs: Array<String>?): Int = 0

    override fun delete(uri: Uri, selection: String?, selectionArgs: Array<String>?): Int = 0

    companion object {
        private const val OLD_MS = 24 * 3_600_000L
        private val NAME = Regex("[0-9a-f-]{36}\\.jpg")

        /** A place for one photo more. */
        fun place(context: Context): Uri {
            val folder = folder(context)
            folder.mkdirs()
            val old = System.currentTimeMillis() - OLD_MS
            folder.listFiles()?.filter { it.lastModified() < old }?.forEach { it.delete() }
            val name = "${UUID.randomUUID()}.jpg"
            File(folder, name).createNewFile()
            return Uri.Builder().scheme("content").authority("${context.packageName}.pocketdesk.photos").appendPath(name).build()
        }

        /** Whether a photo was taken. */
        fun isTaken(context: Context, uri: Uri): Boolean = (photo(context, uri)?.length() ?: 0) > 0

        fun removeAll(context: Context) {
            folder(context).deleteRecursively()
        }

        private fun photo(context: Context, uri: Uri): File? = find(folder(context), uri.lastPathSegment)

        /** The file of that name; null for one that is not there, or that leads out of the folder. */
        fun find(folder: File, name: String?): File? =
            if (name != null && NAME.matches(name)) File(folder, name).takeIf { it.isFile } else null

        private fun folder(context: Context) = File(context.cacheDir, "pocketdesk-photos")
    }
}
