"""Shells to foreign services."""
