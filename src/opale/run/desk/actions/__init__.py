"""Writing at the desk. Every rule stands in the module of its subject; this is the door."""
