"""Writing projects: opened by an order, led, planned, promised, proved and followed."""
