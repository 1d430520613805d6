"""How resources are asked for, offered and reserved."""
