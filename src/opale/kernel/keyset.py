"""Keyset paging: read after the last row seen, so that a page costs the same however far it is.

The one pager of lists, for pages (`opale.ui.keyset`) and endpoints (`opale.endpoints.paging`).
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from zlib import crc32

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet, prefetch_related_objects

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Order:
    """Columns to sort by, with "-" for descending. The last one must be unique.

    `halves`: the first column is worked out for each row and true or false. The rows of each value
    are read one after the other, by the index of the other columns; sorted together, all rows would
    be read for each page.
    `nullable`: the columns that may be null; their empty rows stand at the end, whichever way the
    column is sorted, or with `nulls_first` at the start.
    """

    columns: tuple[str, ...]
    halves: bool = False
    nullable: frozenset[str] = frozenset()
    nulls_first: bool = False

    def reversed(self) -> "Order":
        turned = (c[1:] if c.startswith("-") else f"-{c}" for c in self.columns)
        return Order(tuple(turned), self.halves, self.nullable, not self.nulls_first)

    def names(self) -> list[str]:
        return [column.lstrip("-") for column in self.columns]

    def beyond(self, place: Sequence[Any]) -> Q:
        """Return the rows after `place`: `a >= x AND (a > x OR (a = x AND b > y))`.

        The first term of each is what an index can begin at; without it, a page costs as much as
        all the pages before it.
        """
        beyond = Q()
        for column, value in reversed(list(zip(self.columns, place, strict=True))):
            name, side = column.lstrip("-"), "lt" if column.startswith("-") else "gt"
            if name in self.nullable:
                beyond = self._beyond_nullable(name, side, value, beyond)
                continue
            strictly = Q(**{f"{name}__{side}": value})
            at_least = Q(**{f"{name}__{side}e": value})
            beyond = at_least & (strictly | (Q(**{name: value}) & beyond)) if beyond else strictly
        return beyond

    def _beyond_nullable(self, name: str, side: str, value: Any, beyond: Q) -> Q:
        empty = Q(**{f"{name}__isnull": True})
        if value is None:
            alike = empty & beyond
            return ~empty | alike if self.nulls_first else alike
        strictly = Q(**{f"{name}__{side}": value})
        if not self.nulls_first:
            strictly |= empty
        return strictly | (Q(**{name: value}) & beyond)

    def expressions(self) -> list[Any]:
        return [self._expression(column) for column in self.columns]

    def _expression(self, column: str) -> Any:
        name = column.lstrip("-")
        nulls: dict[str, Any] = {}
        if name in self.nullable:
            nulls["nulls_first" if self.nulls_first else "nulls_last"] = True
        return F(name).desc(**nulls) if column.startswith("-") else F(name).asc(**nulls)


def value_of(row: object, path: str) -> Any:
    """Return what a row holds at a path of columns (`customer__name`); None beyond a null."""
    found: Any = row
    for name in path.lstrip("-").split("__"):
        if found is None:
            return None
        found = found[name] if isinstance(found, Mapping) else getattr(found, name)
    return found


def cursor(row: object, order: Order) -> str:
    """Return the text that names the place of a row in an order."""
    values = [_mark(order), *(_packed(value_of(row, column)) for column in order.columns)]
    packed = json.dumps(values, separators=(",", ":"), default=str).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _mark(order: Order) -> int:
    """Return the mark that tells the cursors of one order from those of another with the same
    columns.
    """
    return crc32(" ".join(order.columns).encode())


def _packed(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return {"n": str(value)} if isinstance(value, Decimal) else value


def place_of(text: str, order: Order) -> list[Any] | None:
    """Return the place that a cursor names; None when it is no cursor of this order."""
    try:
        plain = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(plain, list) or plain[:1] != [_mark(order)]:
            return None
        place = [_unpacked(value) for value in plain[1:]]
    except (ValueError, KeyError, TypeError, InvalidOperation):
        return None
    if len(place) != len(order.columns):
        return None
    unknown = (
        value is None and name not in order.nullable
        for name, value in zip(order.names(), place, strict=True)
    )
    return None if any(unknown) else place


def _unpacked(value: Any) -> Any:
    """Decode a cursor. Errors: ValueError, KeyError, TypeError, InvalidOperation."""
    if isinstance(value, str) and "\x00" in value:
        raise ValueError("no column holds this")
    if not isinstance(value, dict):
        return value
    if "d" in value:
        return date.fromisoformat(value["d"])
    if "n" in value:
        return Decimal(value["n"])
    at = datetime.fromisoformat(value["t"])
    if at.tzinfo is None:
        raise ValueError("a moment without its zone")
    return at


def fits(rows: QuerySet[Any], order: Order, place: Sequence[Any]) -> bool:
    """Return whether the columns of the order can hold these values: a cursor may be forged."""
    if order.halves:
        order, place = Order(order.columns[1:], nullable=order.nullable), place[1:]
    try:
        rows.filter(order.beyond(place))
    except (TypeError, ValueError, OverflowError, ValidationError):
        return False
    return True


def first(rows: QuerySet[M], order: Order, size: int, place: Sequence[Any] = ()) -> list[M]:
    """Return the first rows in this order, or the first ones beyond a place."""
    found: list[M]
    if not order.halves:
        rows = rows.filter(order.beyond(place)) if place else rows
        return list(rows.order_by(*order.expressions())[:size])
    along = vars(rows)["_prefetch_related_lookups"]
    if along:  # read for both halves at once
        found = first(rows.prefetch_related(None), order, size, place)
        prefetch_related_objects(found, *along)
        return found
    column, within = order.columns[0].lstrip("-"), Order(order.columns[1:], nullable=order.nullable)
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
