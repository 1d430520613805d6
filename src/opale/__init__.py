"""Opale: one platform for a managed-service provider's BUILD, RUN and TECHNICAL functions."""

__version__ = "0.1.0"
