"""Chatflow, published version, mobile tag, priority, display rules and their validation: a decider."""
