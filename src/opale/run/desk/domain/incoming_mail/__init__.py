"""What a mail that came in says about tickets: pure rules, without database, network or clock.

Source: docs/rules/mail.md.
"""
