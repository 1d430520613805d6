"""Endpoints of events: alerts and the integrations that raise them."""
