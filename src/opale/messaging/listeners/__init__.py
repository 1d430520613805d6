"""Where mail comes from: mailboxes that are watched, mail servers that hand over, pipes.

Whoever brings a mail is told that it was taken only when it is committed.
"""
