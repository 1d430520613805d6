"""The rights of paging."""

READ = "paging.read"
OWN = "paging.own"
WORK = "paging.work"
EDIT = "paging.edit"
SLIPS = "paging.slips"
