"""Actions on mails and channels: the only code that writes this app's tables."""
