"""Mails that go out and come in, addresses that take no mail, and channels as lists."""
