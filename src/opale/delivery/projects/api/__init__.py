"""Endpoints of projects."""
