"""The rights of this room."""

READ = "events.read"
WORK = "events.work"
ADMINISTER = "events.administer"
