"""Webhooks: what happens in an account, told to other programs: signed, in order per conversation, tried again."""
