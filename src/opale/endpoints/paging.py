"""Pages of a list by keyset: after the last row seen, never an offset, always bounded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from opale.kernel import keyset
from opale.kernel.errors import Invalid
from opale.kernel.keyset import Order

M = TypeVar("M", bound=Model)
T = TypeVar("T")

LIMIT = 50
MOST = 200

SearchText = Annotated[str, Field(max_length=200, description="Words to look for")]
"""The type of every `?q=`."""


class Window(Schema):
    """The query parameters of every list."""

    limit: Annotated[int, Field(ge=1, le=MOST, description="How many at most")] = LIMIT
    after: Annotated[str, Field(max_length=500, description="`next` of the page before")] = ""


class Page(Schema, Generic[T]):
    """One page of a list; `next` is null on the last one."""

    items: list[T]
    next: str | None


@dataclass(frozen=True, slots=True)
class Slice(Generic[M]):
    """Rows of one page, and the cursor of the next one or None."""

    items: list[M]
    next: str | None


def first(rows: QuerySet[M], size: int) -> list[M]:
    return list(rows[:size])


def page(
    rows: QuerySet[M],
    window: Window,
    *order: str,
    read: Callable[[Any, int], list[M]] = first,
) -> Slice[M]:
    """Return the page of `rows` that `window` asks for, in `order` (`"-received_at", "id"`).

    Every name is a column that is never null, or a path to one; the last must be unique. `read`
    finds the first rows from there on, where `first` would read too many.
    Errors: Invalid(after).
    """
    return page_in(rows, window, Order(order), read=read)


def page_in(
    rows: QuerySet[M],
    window: Window,
    order: Order,
    *,
    read: Callable[[Any, int], list[M]] = first,
) -> Slice[M]:
    """Return the page of `rows` that `window` asks for, in an order. Errors: Invalid(after)."""
    rows = rows.order_by(*order.expressions())
    if window.after:
        place = keyset.place_of(window.after, order)
        if place is None or not keyset.fits(rows, order, place):
            raise Invalid(after=_("Not a valid cursor for this list."))
        rows = rows.filter(order.beyond(place))
    return _sliced(read(rows, window.limit + 1), window, order)


def sliced(found: list[M], window: Window, *order: str) -> Slice[M]:
    """Return the page of `window`, of rows read in `order`: one more than it shows, if any."""
    return _sliced(found, window, Order(order))


def _sliced(found: list[M], window: Window, order: Order) -> Slice[M]:
    items = found[: window.limit]
    more = len(found) > window.limit
    return Slice(items, keyset.cursor(items[-1], order) if more else None)
