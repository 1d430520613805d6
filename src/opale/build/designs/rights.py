"""The rights of this room."""

READ = "designs.read"
WORK = "designs.work"
