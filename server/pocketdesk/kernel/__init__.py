"""Plain values that every storey shares: standard library only; no clock, no random source, no files, no network."""
