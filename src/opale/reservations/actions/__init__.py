"""How things are reserved, confirmed and given back."""

from opale.reservations.actions.giving_back import expire_reservations, release_all, release_from
from opale.reservations.actions.reserving import (
    LIST,
    MOST_LINES,
    Asked,
    Line,
    Rearranged,
    confirm_reservation,
    extend_reservation,
    hand_over,
    move_reservation,
    rearrange,
    refusals,
    reserve,
)

__all__ = [
    "LIST",
    "MOST_LINES",
    "Asked",
    "Line",
    "Rearranged",
    "confirm_reservation",
    "expire_reservations",
    "extend_reservation",
    "hand_over",
    "move_reservation",
    "rearrange",
    "refusals",
    "release_all",
    "release_from",
    "reserve",
]
