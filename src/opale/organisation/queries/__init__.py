"""How the organisation is read: every list starts with who is asking."""
