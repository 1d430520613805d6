"""How mails come and go: the only writer of this room's tables."""
