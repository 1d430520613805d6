"""Actions on webhooks: the only code that writes this app's tables."""
