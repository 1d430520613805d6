"""Reading projects: every list starts with who is asking."""
