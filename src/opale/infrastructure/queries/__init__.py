"""Reading the infrastructure: every list starts with who is asking."""
