"""Reading customers: every list starts with who is asking."""
