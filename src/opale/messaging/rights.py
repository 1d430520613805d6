"""The rights of messaging."""

READ = "messaging.read"
RETRY = "messaging.retry"
SEND = "messaging.send"
"""Of the sender itself: held by no function."""
