"""The rights of this room."""

READ = "telephone.read"
WORK = "telephone.work"
