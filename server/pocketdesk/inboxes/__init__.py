"""Inbox or help desk, its channels and its members."""
