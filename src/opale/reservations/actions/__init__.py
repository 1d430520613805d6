"""How things are reserved, confirmed and given back."""
