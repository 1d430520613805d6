"""How the organisation changes: the only writer of this room's tables."""
