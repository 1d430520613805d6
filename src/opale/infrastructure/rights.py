"""The rights of this room."""

READ = "infrastructure.read"
EDIT = "infrastructure.edit"
