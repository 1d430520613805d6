"""Endpoints of projects."""

from opale.delivery.projects.api.deliverables import router as proofs
from opale.delivery.projects.api.needs import router as needs
from opale.delivery.projects.api.projects import router
from opale.delivery.projects.api.templates import router as templates

router.add_router("", needs)

__all__ = ["proofs", "router", "templates"]
