"""Queries on mails and channels."""
