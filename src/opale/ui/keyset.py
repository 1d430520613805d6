"""Pages of a long list by keyset: the cost of a page does not grow with its distance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict

from opale.kernel.keyset import Order, cursor, first, fits, place_of

__all__ = [
    "Order",
    "Page",
    "Read",
    "cursor",
    "first",
    "page",
    "place_of",
]

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Rows to draw, and the cursors of the pages before and after ("" for none)."""

    rows: list[M]
    before: str = ""
    after: str = ""


def _asked(rows: QuerySet[M], query: QueryDict, name: str, order: Order) -> list[Any] | None:
    asked = query.get(name)
    place = place_of(asked, order) if isinstance(asked, str) and asked else None
    return place if place and fits(rows, order, place) else None


Read = Callable[[Any, Order, int, Sequence[Any]], list[M]]
"""Function that reads the first rows in an order, beyond a place, as `first` does."""


def page(
    rows: QuerySet[M], order: Order, query: QueryDict, size: int = 50, read: Read[M] = first
) -> Page[M]:
    """Return the page at the cursor `after` or `before` of the query; a bad cursor is the start.

    `read` finds the rows where `first` would have to read too many.
    """
    back, ahead = (_asked(rows, query, name, order) for name in ("before", "after"))
    found = read(rows, order.reversed() if back else order, size + 1, back or ahead or ())
    more = len(found) > size
    found = found[:size]
    if back:
        found.reverse()
    if not found:
        return Page([])
    has_before, has_after = (more, True) if back else (bool(ahead), more)
    return Page(
        found,
        cursor(found[0], order) if has_before else "",
        cursor(found[-1], order) if has_after else "",
    )
