"""The rights of the desk."""

READ = "desk.read"
CONSOLE = "desk.console"
WORK = "desk.work"
CONFIDENTIAL = "desk.confidential"
ASSIST = "desk.assist"
ADMINISTER = "desk.administer"
REQUEST = "desk.request"
