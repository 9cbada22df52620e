"""Pocketdesk: self-hosted customer messaging inside mobile apps."""

__version__ = "0.1.0"
