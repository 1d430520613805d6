"""The endpoints of this app."""
