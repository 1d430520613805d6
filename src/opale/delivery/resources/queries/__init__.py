"""Reading resource requests, and who can take what."""
