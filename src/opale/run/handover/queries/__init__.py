"""How handovers are read: the records, who leaves and arrives, and what stands beside."""

from opale.run.handover.queries.records import (
    Block,
    Progress,
    blocks_of,
    cards_of,
    count_of,
    current,
    found_by,
    get_handover,
    get_item,
    handovers,
    items_of,
    to_take_back,
    waiting_for,
)
from opale.run.handover.queries.sides import (
    Sides,
    colleagues,
    people_named,
    present,
    sides,
)
from opale.run.handover.queries.situation import NEXT_SHIFT, situation_of
from opale.run.handover.queries.standing import (
    Side,
    Standing,
    get_watch,
    people_arriving,
    watches_of,
)

__all__ = [
    "NEXT_SHIFT",
    "Block",
    "Progress",
    "Side",
    "Sides",
    "Standing",
    "blocks_of",
    "cards_of",
    "colleagues",
    "count_of",
    "current",
    "found_by",
    "get_handover",
    "get_item",
    "get_watch",
    "handovers",
    "items_of",
    "people_arriving",
    "people_named",
    "present",
    "sides",
    "situation_of",
    "to_take_back",
    "waiting_for",
    "watches_of",
]
