"""Uploads, safe images, signed links."""
