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

__all__ = [
    "connect_items",
    "create_item",
    "create_site",
    "disconnect_items",
    "edit_item",
    "edit_site",
    "move_item",
    "stand_service_on",
    "take_service_off",
]
