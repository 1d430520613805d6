"""Designs for programs: drawn up, checked, held for, quoted, accepted and made an order."""

from opale.build.designs.api.acts import router as acts
from opale.build.designs.api.designs import router
from opale.build.designs.api.places import router as places

router.add_router("", places)

__all__ = ["acts", "router"]
