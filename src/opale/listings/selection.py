"""Selection of a listing by one address: the filters in force, the order, the columns, the rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing, relations_of
from opale.listings.filters import Filter, allowed, covers
from opale.listings.person_groups import may_count_people

SORT, COLUMNS, GROUP, IS_NOT = "sort", "columns", "group", "is_not"
Address = Mapping[str, str]


@dataclass(frozen=True)
class Selection:
    """Selected lines of a listing, and how they are shown.

    `values` are those of the filters in force, by name. `sort` is the name of a column, with "-"
    for descending; "" for the listing's own order. `chosen` are the names of columns in the
    address, `saved` the person's own; without either, each column's `shown` decides. `group` is the
    column by which the lines are counted instead of listed. `negated` are the names of filters in
    force of which the rows must not have the value.
    """

    listing: Listing
    actor: Actor
    values: Mapping[str, Any]
    sort: str = ""
    chosen: tuple[str, ...] = ()
    saved: tuple[str, ...] = ()
    group: str = ""
    negated: frozenset[str] = frozenset()

    @classmethod
    def read(
        cls, listing: Listing, query: QueryDict, actor: Actor, saved: Sequence[str] = ()
    ) -> "Selection":
        """Return the selection of an address; unknown parameters narrow nothing."""
        values = {
            one.name: value
            for one in allowed(listing.filters, actor, listing.right)
            if (value := one.read(query, actor)) is not None
        }
        sort = query.get(SORT, "")
        known = sort in sortable(listing, actor)
        chosen = tuple(filter(None, query.get(COLUMNS, "").split(",")))
        group = query.get(GROUP, "")
        group = group if group in groupable(listing, actor) else ""
        named = set(query.get(IS_NOT, "").split(","))
        negated = frozenset(
            one.name
            for one in listing.filters
            if one.name in named and one.name in values and listing.inverts and one.negatable
        )
        sort = sort if known else ""
        return cls(listing, actor, values, sort, chosen, tuple(saved), group, negated)

    @cached_property
    def filters(self) -> tuple[Filter, ...]:
        """Filters that the actor may use."""
        return tuple(allowed(self.listing.filters, self.actor, self.listing.right))

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Columns that are shown, in the order of their declaration."""
        wanted = self.chosen or self.saved
        offered = self.listing.offered(self.actor)
        if not any(one.name in wanted and not one.fixed for one in offered):
            return tuple(one for one in offered if one.shown or one.fixed)
        return tuple(one for one in offered if one.fixed or one.name in wanted)

    @cached_property
    def order(self) -> Order:
        listing, inside = self.listing, self.conditions()
        own = next((listing.orders[one] for one in inside if one in listing.orders), None)
        return order_of(listing, self.sort) if self.sort or own is None else own

    def conditions(self) -> list[str]:
        """Return the filters in force, each as "name=value", without those that are negated."""
        inside = self.values.items()
        return [f"{name}={value}" for name, value in inside if name not in self.negated]

    def unknown(self, query: QueryDict) -> list[str]:
        """Return the parameters of an address that mean nothing to its reader: neither a filter nor
        an order nor a grouping that they may use."""
        known = {COLUMNS, SORT if self.sort else "", GROUP if self.group else ""}
        if set(filter(None, query.get(IS_NOT, "").split(","))) == set(self.negated):
            known.add(IS_NOT)
        for one in self.filters:
            value = self.values.get(one.name)
            lifted = value is None and bool(one.written(None))
            known |= {*one.names} if value is not None or lifted else set()
        return sorted(name for name, said in query.items() if said and name not in known)

    def said_filters(self) -> list[str]:
        """Return the filters in force in words, but for those that the list opens with."""
        found = []
        for one in self.filters:
            value = self.values.get(one.name)
            if value is None or not one.written(value):
                continue
            said = str(one.said(value, self.actor))
            if one.name in self.negated:
                found.append(
                    _("%(filter)s is not: %(value)s") % {"filter": one.label, "value": said}
                )
            else:
                found.append(said if said == str(one.label) else f"{one.label}: {said}")
        return found

    def is_narrowed(self, fixed: Collection[str] = ()) -> bool:
        """Return whether a filter is in force that the list does not open with, beside these."""
        inside = (one for one in self.filters if one.name in self.values and one.name not in fixed)
        return any(one.written(self.values[one.name]) for one in inside)

    @property
    def empty(self) -> Empty | None:
        """Texts of the list where it is empty under one filter that has its own, if so."""
        inside = self.conditions()
        alone = len(inside) == 1 and not self.negated
        return self.listing.empties.get(inside[0]) if alone else None

    def narrowed(self) -> QuerySet[Any]:
        """Return the rows that pass all filters, with no relations loaded."""
        inside = [one for one in self.filters if one.name in self.values]
        rows = self._passing([one for one in inside if one.name not in self.negated])
        for one in inside:
            if one.name in self.negated:
                # Not by exclude: a filter may be of any shape, and a list is read in its order.
                having = self._passing([one]).order_by().filter(pk=OuterRef("pk"))
                rows = rows.filter(~Exists(having))
        return rows

    def _passing(self, filters: Iterable[Filter]) -> QuerySet[Any]:
        """Return the rows that pass these filters."""
        inside = [(one, self.values[one.name]) for one in filters]
        arguments: dict[str, Any] = {}
        for one, value in inside:
            arguments |= one.arguments(value, self.actor)
        rows: QuerySet[Any] = self.listing.rows(seen_by=self.actor, **arguments)
        for one, value in inside:
            rows = one.narrowed(rows, value, self.actor)
        return rows

    def rows(self, columns: Iterable[Column] = ()) -> QuerySet[Any]:
        """Return these rows with the relations that the columns read, and no other."""
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
        """Return the parameters of this selection's address, with changes; "" removes a name. What
        is removed, or given another value, is negated no longer."""
        said = self.narrowing()
        if self.sort:
            said[SORT] = self.sort
        if self.chosen:
            said[COLUMNS] = ",".join(self.chosen)
        if self.group:
            said[GROUP] = self.group
        if IS_NOT in said and IS_NOT not in changes:
            kept = (one for one in self._negated() if not changes.keys() & {*one.names})
            changes[IS_NOT] = ",".join(one.name for one in kept)
        return {name: value for name, value in (said | changes).items() if value}

    def narrowing(self) -> dict[str, str]:
        """Return the filters' parameters alone, where they differ from the list as it opens."""
        said: dict[str, str] = {}
        for one in self.filters:
            said |= one.written(self.values.get(one.name))
        if self.negated:
            said[IS_NOT] = ",".join(one.name for one in self._negated())
        return said

    def may_negate(self, one: Filter) -> bool:
        """Return whether the list can be narrowed to the rows without the filter's value."""
        return self.listing.inverts and one.negatable

    def inverted(self, one: Filter) -> str:
        """Return the query of the address with a filter negated, or negated no longer."""
        names = self.negated ^ {one.name}
        return self.address(**{IS_NOT: ",".join(sorted(names))})

    def _negated(self) -> Iterable[Filter]:
        return [one for one in self.filters if one.name in self.negated]

    def address(self, **changes: str) -> str:
        """Return the query of an address, always in the same order of names."""
        return urlencode(self.parameters(**changes))


def order_of(listing: Listing, sort: str) -> Order:
    """Return the order of a sort; the listing's own where it gives none."""
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
    """Return all sorts open to the actor. The order of a hidden value would reveal it."""
    return [
        f"{sign}{one.name}"
        for one in listing.columns
        if one.order
        and (not one.right or covers(actor, one.right, listing.right))
        and (not one.sort_right or actor.everywhere(one.sort_right))
        for sign in ("", "-")
    ]


def groupable(listing: Listing, actor: Actor) -> list[str]:
    """Return the columns by which the actor may count the lines. A count tells hidden values."""
    return [
        one.name
        for one in listing.columns
        if one.group is not None
        and (not one.right or covers(actor, one.right, listing.right))
        and (not one.sort_right or actor.everywhere(one.sort_right))
        and (not one.group.person or may_count_people())
    ]


def _may_be_null(model: Any, path: str) -> bool:
    """Return whether a column, or a relation on its way, may be null; an annotation is not."""
    for name in path.split("__"):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return False
        if field.null:
            return True
        model = field.related_model or model
    return False
