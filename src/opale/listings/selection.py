"""What one address asks of a listing: the filters in force, the order, the columns, the rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.http import urlencode

from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Listing, relations_of
from opale.listings.filters import Filter, allowed, covers

SORT, COLUMNS = "sort", "columns"
Address = Mapping[str, str]


@dataclass(frozen=True)
class Selection:
    """The lines of a listing that somebody asks for, and how they are shown.

    `values` are those of the filters in force, by name. `sort` is the name of a column, with "-"
    for descending; "" for the listing's own order. `chosen` are the names of columns of the
    address, `kept` those that the person keeps; without either, each column says for itself.
    """

    listing: Listing
    actor: Actor
    values: Mapping[str, Any]
    sort: str = ""
    chosen: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    @classmethod
    def read(
        cls, listing: Listing, query: QueryDict, actor: Actor, kept: Sequence[str] = ()
    ) -> "Selection":
        """Return what an address asks for; what it says that is not known narrows nothing."""
        values = {
            one.name: value
            for one in allowed(listing.filters, actor, listing.right)
            if (value := one.read(query, actor)) is not None
        }
        sort = query.get(SORT, "")
        known = sort in sortable(listing, actor)
        chosen = tuple(filter(None, query.get(COLUMNS, "").split(",")))
        return cls(listing, actor, values, sort if known else "", chosen, tuple(kept))

    @cached_property
    def filters(self) -> tuple[Filter, ...]:
        """The filters that the actor has."""
        return tuple(allowed(self.listing.filters, self.actor, self.listing.right))

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns that are shown, in the order of their declaration."""
        wanted = self.chosen or self.kept
        offered = self.listing.offered(self.actor)
        if not any(one.name in wanted and not one.fixed for one in offered):
            return tuple(one for one in offered if one.shown or one.fixed)
        return tuple(one for one in offered if one.fixed or one.name in wanted)

    @cached_property
    def order(self) -> Order:
        return order_of(self.listing, self.sort)

    def narrowed(self) -> QuerySet[Any]:
        """Return the rows that all filters let through, with nothing loaded beside them."""
        arguments: dict[str, Any] = {}
        for one in self.filters:
            if one.name in self.values:
                arguments |= one.arguments(self.values[one.name], self.actor)
        rows: QuerySet[Any] = self.listing.rows(seen_by=self.actor, **arguments)
        for one in self.filters:
            if one.name in self.values:
                rows = one.narrowed(rows, self.values[one.name], self.actor)
        return rows

    def rows(self, columns: Iterable[Column] = ()) -> QuerySet[Any]:
        """Return the same with what the columns read, and no other relation."""
        shown = tuple(columns) or self.columns
        rows = self.narrowed().select_related(None).prefetch_related(None)
        sorting = (name.rpartition("__")[0] for name in self.order.names())
        reads = (*self.listing.reads, *relations_of(shown), *filter(None, sorting))
        if reads:
            rows = rows.select_related(*dict.fromkeys(reads))
        for column in {one.name: one for one in (*shown, *self._sorting())}.values():
            rows = column.loads(rows, self.actor) if column.loads else rows
        return rows

    def _sorting(self) -> Iterable[Column]:
        found = self.listing.column(self.sort.lstrip("-"))
        return (found,) if found else ()

    def parameters(self, **changes: str) -> dict[str, str]:
        """Return what an address says to ask for this, with changes; "" takes a name out."""
        said = self.narrowing()
        if self.sort:
            said[SORT] = self.sort
        if self.chosen:
            said[COLUMNS] = ",".join(self.chosen)
        return {name: value for name, value in (said | changes).items() if value}

    def narrowing(self) -> dict[str, str]:
        """Return what an address says of the filters alone, where it differs from the list as it
        opens."""
        said: dict[str, str] = {}
        for one in self.filters:
            said |= one.written(self.values.get(one.name))
        return said

    def address(self, **changes: str) -> str:
        """Return the query of an address, always in the same order of names."""
        return urlencode(self.parameters(**changes))


def order_of(listing: Listing, sort: str) -> Order:
    """Return the order that a sort asks for; the listing's own where it asks for none."""
    column = listing.column(sort.lstrip("-")) if sort else None
    if column is None:
        return listing.order
    sign = "-" if sort.startswith("-") else ""
    tail = listing.order.columns[-1].lstrip("-")
    names = [name for name in column.sorted_by if name != tail]
    nullable = frozenset(
        name for name in names if column.nullable or _may_be_null(listing.model, name)
    )
    return Order((*(f"{sign}{name}" for name in names), f"{sign}{tail}"), nullable=nullable)


def sortable(listing: Listing, actor: Actor) -> list[str]:
    """Return every sort that the actor may ask for. The order of what one may not see tells it."""
    return [
        f"{sign}{one.name}"
        for one in listing.columns
        if one.order and (not one.right or covers(actor, one.right, listing.right))
        for sign in ("", "-")
    ]


def _may_be_null(model: Any, path: str) -> bool:
    """Whether a column, or a relation on the way to it, may be null; an annotation is not."""
    for name in path.split("__"):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return False
        if field.null:
            return True
        model = field.related_model or model
    return False
