"""The endpoints of this room."""

from opale.customers.api.endpoints import router

__all__ = ["router"]
