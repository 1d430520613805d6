"""The rights of the desk."""

READ = "desk.read"
CONSOLE = "desk.console"
WORK = "desk.work"
ASSIST = "desk.assist"
ADMINISTER = "desk.administer"
REQUEST = "desk.request"
