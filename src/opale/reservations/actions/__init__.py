"""Actions of reservations."""
