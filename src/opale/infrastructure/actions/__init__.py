"""How the infrastructure changes: the only writer of this room's tables."""

from opale.infrastructure.actions.items import (
    connect_items,
    create_item,
    disconnect_items,
    edit_item,
    move_item,
    stand_service_on,
    take_service_off,
)
from opale.infrastructure.actions.sites import create_site, edit_site
from opale.infrastructure.actions.suppliers import create_supplier, edit_supplier

__all__ = [
    "connect_items",
    "create_item",
    "create_site",
    "create_supplier",
    "disconnect_items",
    "edit_item",
    "edit_site",
    "edit_supplier",
    "move_item",
    "stand_service_on",
    "take_service_off",
]
