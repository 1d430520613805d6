"""Units of items: held and free ones, and ranges of neighbours."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db.backends.postgresql.psycopg_any import DateRange

from opale.infrastructure.models import CapacityPool, ConfigurationItem, Site
from opale.infrastructure.queries.items import items, visible_site
from opale.kernel.actor import Actor
from opale.organisation.models import Person
from opale.reservations.models import Reservation, ReservationLine
from opale.reservations.queries.reservations import pool_usage
from opale.reservations.queries.unit_names import NAMES, unit_ranges, unit_sort_key, units_of
from opale.reservations.rights import READ

LOOKED_AT: Final = 200
"""The items that are searched for free units at most."""


@dataclass(frozen=True, slots=True)
class ReservedThing:
    """What one line holds, or several lines of neighbouring units together: U12–U15."""

    line: ReservationLine
    unit: str

    @property
    def person(self) -> Person | None:
        return self.line.person

    @property
    def pool(self) -> CapacityPool | None:
        return self.line.pool

    @property
    def item(self) -> ConfigurationItem | None:
        return self.line.item

    @property
    def quantity(self) -> Decimal:
        return self.line.quantity

    @property
    def since(self) -> date:
        return self.line.since

    @property
    def last(self) -> date | None:
        return self.line.last

    @property
    def overbooked(self) -> bool:
        return self.line.overbooked

    @property
    def holds(self) -> bool:
        return self.line.holds


def reserved_things(lines: Iterable[ReservationLine]) -> list[ReservedThing]:
    """Return the lines of a reservation, with units of one item on the same days together."""
    groups: dict[object, list[ReservationLine]] = {}
    for line in lines:
        together = (line.item_id, line.since, line.last, line.holds) if line.item_id else line.pk
        groups.setdefault(together, []).append(line)
    return [
        ReservedThing(group[0], ", ".join(unit_ranges(line.unit for line in group if line.unit)))
        for group in groups.values()
    ]


@dataclass(frozen=True, slots=True)
class HeldUnits:
    """Units of one item that one reservation holds."""

    reservation: Reservation
    units: str
    count: int
    since: date
    last: date | None


def held_units(item: ConfigurationItem, *, seen_by: Actor, on: date) -> list[HeldUnits]:
    """Return the held units of an item from a day on, the lowest first."""
    rows = ReservationLine.objects.visible_to(seen_by).filter(
        item=item, holds=True, days__overlap=DateRange(on, None)
    )
    groups: dict[tuple[int, date, date | None], list[ReservationLine]] = defaultdict(list)
    for line in rows.select_related("reservation__customer"):
        groups[line.reservation_id, line.since, line.last].append(line)
    found = sorted(groups.items(), key=lambda one: min(unit_sort_key(line.unit) for line in one[1]))
    return [
        HeldUnits(
            reservation=lines[0].reservation,
            units=", ".join(unit_ranges(line.unit for line in lines)),
            count=len(lines),
            since=since,
            last=last,
        )
        for (_pk, since, last), lines in found
    ]


@dataclass(frozen=True, slots=True)
class FreeRange:
    """Neighbouring free units of an item; `site` is its site, where the reader may see it."""

    item: ConfigurationItem
    units: tuple[str, ...]
    site: Site | None

    @property
    def said(self) -> str:
        return ", ".join(unit_ranges(self.units))


def free_ranges(
    kinds: Collection[str],
    count: int,
    *,
    seen_by: Actor,
    since: date,
    site_id: int | None = None,
    first: ConfigurationItem | None = None,
    but: Mapping[int, Collection[str]] | None = None,
    besides: Mapping[str, Decimal] | None = None,
    most: int = 6,
) -> list[FreeRange]:
    """Return for each item a range of so many neighbouring units that is free from a day on,
    without end.

    `first` is the item that is looked at first, `but` the units of items to leave out. `besides` is
    what else is taken there, by unit: other items whose pools have less of it are left out.
    """
    if not seen_by.can(READ) or count < 1:
        return []
    found = items(seen_by=seen_by).filter(kind__in=set(kinds) & NAMES.keys(), state="in_service")
    if site_id:
        found = found.filter(site_id=site_id)
    candidates = list(found.order_by("name", "id")[:LOOKED_AT])
    if first is not None:
        candidates = [first, *(one for one in candidates if one.pk != first.pk)]
    short = _short_of(besides or {}, [one.pk for one in candidates], since)
    candidates = [one for one in candidates if one.pk not in short or one == first]
    taken = _taken([one.pk for one in candidates], since)
    told: list[FreeRange] = []
    for item in candidates:
        meant = (but or {}).get(item.pk, ())
        free = _run(units_of(item), {*taken[item.pk], *meant}, count)
        if free:
            told.append(FreeRange(item, free, visible_site(item.site, seen_by=seen_by)))
        if len(told) >= most:
            break
    return told


def _short_of(besides: Mapping[str, Decimal], items_: Collection[int], on: date) -> set[int]:
    """Return the items of which a pool has less left on a day than is wanted."""
    if not besides:
        return set()
    pools = CapacityPool.objects.filter(item__in=items_, unit__in=besides)
    return {
        one.pool.item_id
        for one in pool_usage(pools, on=on)
        if one.pool.item_id is not None and one.left < besides[one.pool.unit]
    }


def free_units(item: ConfigurationItem, *, since: date) -> list[str]:
    """Return the free units of an item from a day on."""
    taken = _taken([item.pk], since)[item.pk]
    return [name for name in units_of(item) if name not in taken]


def _taken(item_ids: Sequence[int], since: date) -> dict[int, set[str]]:
    """Return the units held on that day or later, by item, without the holders."""
    rows = ReservationLine.objects.filter(
        item__in=item_ids, holds=True, days__overlap=DateRange(since, None)
    )
    taken: dict[int, set[str]] = defaultdict(set)
    for item_id, unit in rows.values_list("item_id", "unit"):
        if item_id is not None:
            taken[item_id].add(unit)
    return taken


def _run(names: Sequence[str], taken: Collection[str], count: int) -> tuple[str, ...]:
    """Return the first free range of so many neighbours."""
    run: list[str] = []
    for name in names:
        run = [] if name in taken else [*run, name]
        if len(run) == count:
            return tuple(run)
    return ()
