"""Writing in handovers: prepared, accepted, passed on by the clock, signed."""
