"""The rights of handovers."""

READ = "handover.read"
WORK = "handover.work"
