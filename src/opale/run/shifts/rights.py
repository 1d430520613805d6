"""The rights of shifts."""

READ = "shifts.read"
EDIT = "shifts.edit"
SWAP = "shifts.swap"
