"""Subscription types, legal basis, consent records and the gates they open: a decider."""
