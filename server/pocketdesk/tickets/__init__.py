"""Tickets: what has to be done for somebody, until it is done."""
