"""What somebody may ask of those who keep their words: a copy of everything, and to be forgotten."""
