"""How the infrastructure changes: the only writer of this room's tables."""
