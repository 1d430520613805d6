"""The rights of the desk."""

READ = "desk.read"
CONSOLE = "desk.console"
WORK = "desk.work"
REQUEST = "desk.request"
