"""Actions on customers and what they buy: the only code that writes this app's tables."""
