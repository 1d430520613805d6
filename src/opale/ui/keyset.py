"""Pages of a long list by keyset: the cost of a page does not grow with its distance."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet, prefetch_related_objects
from django.http import QueryDict

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Rows to draw, and the cursors of the pages before and after ("" for none)."""

    rows: list[M]
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """Columns, with "-" for descending. The last one must be unique; none may be null.

    `halves`: the first column is worked out for each row and true or false. What stands before and
    behind is read one after the other, each by the index of the other columns; sorted together,
    all rows would be read for each page.
    """

    columns: tuple[str, ...]
    halves: bool = False

    def reversed(self) -> "Order":
        turned = (c[1:] if c.startswith("-") else f"-{c}" for c in self.columns)
        return Order(tuple(turned), self.halves)

    def names(self) -> list[str]:
        return [column.lstrip("-") for column in self.columns]

    def beyond(self, place: Sequence[Any]) -> Q:
        """Rows strictly after `place`: `a >= x AND (a > x OR (a = x AND b > y))`.

        The first term of each is what an index can begin at; without it, a page costs as much as
        all the pages before it.
        """
        beyond = Q()
        for column, value in reversed(list(zip(self.columns, place, strict=True))):
            name, side = column.lstrip("-"), "lt" if column.startswith("-") else "gt"
            strictly = Q(**{f"{name}__{side}": value})
            at_least = Q(**{f"{name}__{side}e": value})
            beyond = at_least & (strictly | (Q(**{name: value}) & beyond)) if beyond else strictly
        return beyond

    def expressions(self) -> list[Any]:
        return [F(c[1:]).desc() if c.startswith("-") else F(c).asc() for c in self.columns]


def _value(row: object, path: str) -> Any:
    found: Any = row
    for name in path.lstrip("-").split("__"):
        found = found[name] if isinstance(found, Mapping) else getattr(found, name)
    return found


def cursor(row: object, order: Order) -> str:
    values = [_value(row, column) for column in order.columns]
    plain = [{"t": v.isoformat()} if isinstance(v, datetime) else v for v in values]
    packed = json.dumps(plain, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def place_of(text: str, order: Order) -> list[Any] | None:
    """The place that a cursor names; None when it is no cursor of this order."""
    try:
        plain = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(plain, list) or len(plain) != len(order.columns):
            return None
        place = [datetime.fromisoformat(v["t"]) if isinstance(v, dict) else v for v in plain]
        without_zone = any(isinstance(v, datetime) and v.tzinfo is None for v in place)
        return None if without_zone else place
    except (ValueError, KeyError, TypeError):
        return None


def _asked(rows: QuerySet[M], query: QueryDict, name: str, order: Order) -> list[Any] | None:
    asked = query.get(name)
    place = place_of(asked, order) if isinstance(asked, str) and asked else None
    return place if place and _fits(rows, order, place) else None


def _fits(rows: QuerySet[Any], order: Order, place: list[Any]) -> bool:
    """Whether the columns of the order hold such values: somebody may have written the cursor."""
    if order.halves:
        order, place = Order(order.columns[1:]), place[1:]
    try:
        rows.filter(order.beyond(place))
    except (TypeError, ValueError, ValidationError):
        return False
    return True


def first(rows: QuerySet[M], order: Order, size: int, place: Sequence[Any] = ()) -> list[M]:
    """The first rows in this order, or the first ones beyond a place."""
    found: list[M]
    if not order.halves:
        rows = rows.filter(order.beyond(place)) if place else rows
        return list(rows.order_by(*order.expressions())[:size])
    along = vars(rows)["_prefetch_related_lookups"]
    if along:  # read for both halves at once
        found = first(rows.prefetch_related(None), order, size, place)
        prefetch_related_objects(found, *along)
        return found
    column, within = order.columns[0].lstrip("-"), Order(order.columns[1:])
    found = []
    for half in sorted((False, True), reverse=order.columns[0].startswith("-")):
        if place and half != place[0]:
            continue
        part = rows.filter(**{column: half})
        found += first(part, within, size - len(found), place[1:])
        place = ()
        if len(found) == size:
            break
    return found


Read = Callable[[Any, Order, int, Sequence[Any]], list[M]]
"""How the first rows in an order, beyond a place, are found: as `first` does."""


def page(
    rows: QuerySet[M], order: Order, query: QueryDict, size: int = 50, read: Read[M] = first
) -> Page[M]:
    """The page at the cursor `after` or `before` of the query; a bad cursor is the start.

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
