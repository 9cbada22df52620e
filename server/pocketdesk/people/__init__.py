"""Visitor, contact, identity proof, merge, device and chat properties."""
