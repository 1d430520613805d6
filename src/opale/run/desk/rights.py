"""The rights of the desk."""

READ = "desk.read"
CONSOLE = "desk.console"
WORK = "desk.work"
CONFIDENTIAL = "desk.confidential"
ASSIST = "desk.assist"
ADMINISTER = "desk.administer"
REQUEST = "desk.request"

CONFIDENTIALITY = "desk.confidentiality"
"""The topic that is touched when a ticket is hidden from some, or shown again."""
