"""Sources of incoming mail: watched mailboxes, mail servers that deliver, pipes.

A source gets its confirmation only when the mail is committed.
"""
