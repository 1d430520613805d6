"""Conditions that people build or write, in CEL: fields are declared once by the app that has them.

Source: docs/howto/offer-conditions.md.
"""
