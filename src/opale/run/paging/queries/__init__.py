"""How paging is read."""
