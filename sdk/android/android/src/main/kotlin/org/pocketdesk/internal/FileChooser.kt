@file:Suppress("DEPRECATION")

package org.pocketdesk.internal

import android.Manifest
import android.app.Activity
import android.app.Fragment
import android.content.ClipData
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import android.os.Bundle
import android.provider.MediaStore
import android.webkit.MimeTypeMap
import android.webkit.ValueCallback
import android.webkit.WebChromeClient.FileChooserParams
import org.pocketdesk.core.fileTypes
import org.pocketdesk.core.takesPhotos

/**
 * Chooses files for the page, or takes a photo. A part of the app's own screen, since what is lent to a screen is taken back
 * when that ends; the platform's own kind of fragment, which every screen can hold.
 */
internal class FileChooser : Fragment() {
    private var answer: ValueCallback<Array<Uri>>? = null
    private var types: List<String> = emptyList()
    private var isMany = false
    private var isCamera = false
    private var photo: Uri? = null

    @Deprecated("of the platform")
    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        retainInstance = true
        // Made anew by the system: whoever asked is gone.
        if (state != null && answer == null) leave()
    }

    /** Whoever asks is always answered, with null if nothing was chosen. */
    internal fun choose(params: FileChooserParams, answer: ValueCallback<Array<Uri>>) {
        reply(null)
        this.answer = answer
        types = fileTypes(params.acceptTypes) { MimeTypeMap.getSingleton().getMimeTypeFromExtension(it) }
        isMany = params.mode == FileChooserParams.MODE_OPEN_MULTIPLE
        isCamera = params.isCaptureEnabled
        if (takesPhotos(types) && needsToAsk()) {
            requestPermissions(arrayOf(Manifest.permission.CAMERA), CAMERA)
        } else {
            launch()
        }
    }

    @Deprecated("of the platform")
    override fun onRequestPermissionsResult(code: Int, permissions: Array<String>, results: IntArray) {
        if (code == CAMERA) launch()
    }

    @Deprecated("of the platform")
    override fun onActivityResult(code: Int, result: Int, given: Intent?) {
        if (code != FILES) return
        val taken = photo?.takeIf { uri -> failsafe { PhotoProvider.isTaken(activity, uri) } == true }
        val files = if (result == Activity.RESULT_OK) chosen(given?.clipData?.uris().orEmpty(), given?.data, taken) else emptyList()
        reply(if (files.isEmpty()) null else files.toTypedArray())
        leave()
    }

    @Deprecated("of the platform")
    override fun onDestroy() {
        reply(null)
        super.onDestroy()
    }

    private fun launch() {
        val camera = if (takesPhotos(types)) failsafe { camera() } else null
        val pick = Intent(Intent.ACTION_GET_CONTENT).addCategory(Intent.CATEGORY_OPENABLE)
            .setType(types.singleOrNull() ?: "*/*")
            .putExtra(Intent.EXTRA_ALLOW_MULTIPLE, isMany)
        if (types.size > 1) pick.putExtra(Intent.EXTRA_MIME_TYPES, types.toTypedArray())
        val intent = if (isCamera && camera != null) {
            camera
        } else {
            Intent.createChooser(pick, null).also { chooser ->
                if (camera != null) chooser.putExtra(Intent.EXTRA_INITIAL_INTENTS, arrayOf(camera))
            }
        }
        if (failsafe { startActivityForResult(intent, FILES) } == null) {
            reply(null)
            leave()
        }
    }

    /** The camera; null where there is none, or where it was refused. */
    private fun camera(): Intent? {
        if (needsToAsk()) return null
        val uri = PhotoProvider.place(activity)
        photo = uri
        return Intent(MediaStore.ACTION_IMAGE_CAPTURE)
            .putExtra(MediaStore.EXTRA_OUTPUT, uri)
            .addFlags(Intent.FLAG_GRANT_WRITE_URI_PERMISSION or Intent.FLAG_GRANT_READ_URI_PERMISSION)
            .apply { clipData = ClipData.newRawUri(null, uri) }
            .takeIf { activity.packageManager.hasSystemFeature(PackageManager.FEATURE_CAMERA_ANY) }
    }

    /** An app that declares the permission has to have it, even to let another app take the photo. */
    private fun needsToAsk(): Boolean {
        val declared = activity.packageManager
            .getPackageInfo(activity.packageName, PackageManager.GET_PERMISSIONS).requestedPermissions.orEmpty()
        return Manifest.permission.CAMERA in declared &&
            activity.checkSelfPermission(Manifest.permission.CAMERA) != PackageManager.PERMISSION_GRANTED
    }

    private fun reply(chosen: Array<Uri>?) {
        val answer = answer ?: return
        this.answer = null
        failsafe { answer.onReceiveValue(chosen) }
    }

    private fun leave() {
        failsafe { fragmentManager?.beginTransaction()?.remove(this)?.commitAllowingStateLoss() }
    }

    internal companion object {
        private const val TAG = "pocketdesk-files"
        private const val CAMERA = 1
        private const val FILES = 2

        /** False: this screen can show no chooser. */
        fun choose(activity: Activity, params: FileChooserParams, answer: ValueCallback<Array<Uri>>): Boolean =
            failsafe {
                val fragments = activity.fragmentManager
                val chooser = fragments.findFragmentByTag(TAG) as? FileChooser ?: FileChooser().also {
                    fragments.beginTransaction().add(it, TAG).commitAllowingStateLoss()
                    fragments.executePendingTransactions()
                }
                chooser.choose(params, answer)
            } != null
    }
}

/** What was chosen: several, one, or the photo that the camera put where it was told to. */
internal fun chosen(several: List<Uri>, one: Uri?, photo: Uri?): List<Uri> = several.ifEmpty { listOfNotNull(one ?: photo) }

private fun ClipData.uris(): List<Uri> = (0 until itemCount).mapNotNull { getItemAt(it).uri }
