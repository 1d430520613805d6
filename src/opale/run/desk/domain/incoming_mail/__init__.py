"""Rules that relate incoming mails to tickets: pure, without database, network or clock.

Source: docs/rules/mail.md.
"""
