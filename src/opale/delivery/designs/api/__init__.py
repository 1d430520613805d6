"""Designs for programs: drawn up, checked, held for, quoted, accepted and made an order."""

from opale.delivery.designs.api.designs import router
from opale.delivery.designs.api.lifecycle import router as acts
from opale.delivery.designs.api.placements import router as places

router.add_router("", places)

__all__ = ["acts", "router"]
