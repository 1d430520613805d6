"""Endpoints of projects."""

from opale.build.projects.api.projects import router as router
from opale.build.projects.api.proofs import router as proofs
from opale.build.projects.api.templates import router as templates

__all__ = ["proofs", "router", "templates"]
