"""The endpoints of this room."""

from ninja import Router

from opale.customers.api import contracts, customers, plans, portfolio

router = Router(tags=["customers"])
for part in (customers, contracts, plans, portfolio):
    router.add_router("", part.router)

__all__ = ["router"]
