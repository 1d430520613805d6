"""How customers and what they buy change: the only writer of this room's tables."""
