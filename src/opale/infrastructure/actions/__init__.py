"""Actions on the infrastructure: the only code that writes this app's tables."""
