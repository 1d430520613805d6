"""Actions on the organisation: the only code that writes this app's tables."""
