"""The rights of the desk."""

READ = "desk.read"
WORK = "desk.work"
REQUEST = "desk.request"
