"""The rights of this room."""

READ = "orders.read"
WORK = "orders.work"
