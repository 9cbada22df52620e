"""Conversation, message, comment, assignee and the turn: the heart."""
