"""Ids, errors, pages, text and time as plain values: standard library only, no clock, no uuid, no os."""
