"""Endpoints of projects."""

from opale.build.projects.api.needs import router as needs
from opale.build.projects.api.projects import router as router
from opale.build.projects.api.proofs import router as proofs
from opale.build.projects.api.templates import router as templates

router.add_router("", needs)

__all__ = ["proofs", "router", "templates"]
