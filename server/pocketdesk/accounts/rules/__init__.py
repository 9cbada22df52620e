"""Decisions about people and their rights: words, passwords, tokens, rights, limits."""
