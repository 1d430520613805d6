"""The rights of this room."""

READ = "reservations.read"
RESERVE = "reservations.reserve"
OVERBOOK = "reservations.overbook"
