"""The rights of this room."""

READ = "projects.read"
WORK = "projects.work"
CONTRIBUTE = "projects.contribute"
TEMPLATES = "projects.templates"
