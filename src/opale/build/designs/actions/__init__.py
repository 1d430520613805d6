"""Writing designs: drawn up, checked, held for, quoted, accepted, and made an order."""

from opale.build.designs.actions.ordering import Ordered, order_design
from opale.build.designs.actions.papers import (
    attach_acceptance,
    attach_document,
    remove_document,
)
from opale.build.designs.actions.placing import free_place, place_line
from opale.build.designs.actions.quoting import (
    check_design,
    decline_design,
    quote_design,
    reopen_design,
    withdraw_design,
)
from opale.build.designs.actions.reserving import extend_design, release_design, reserve_design
from opale.build.designs.actions.writing import (
    LIST,
    add_line,
    add_site,
    create_design,
    edit_design,
    edit_line,
    edit_site,
    remove_line,
    remove_site,
    restore_site,
)

__all__ = [
    "LIST",
    "Ordered",
    "add_line",
    "add_site",
    "attach_acceptance",
    "attach_document",
    "check_design",
    "create_design",
    "decline_design",
    "edit_design",
    "edit_line",
    "edit_site",
    "extend_design",
    "free_place",
    "order_design",
    "place_line",
    "quote_design",
    "release_design",
    "remove_document",
    "remove_line",
    "remove_site",
    "reopen_design",
    "reserve_design",
    "restore_site",
    "withdraw_design",
]
