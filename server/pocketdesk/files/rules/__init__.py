"""What may be uploaded, how it is named, and who gets to see it."""
