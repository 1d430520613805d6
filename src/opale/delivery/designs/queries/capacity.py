"""Free capacity of pools in the days ahead, with others' tentative reservations by probability."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Final

from opale.delivery.designs.domain.go_live_forecast import HeldPart, free_from
from opale.delivery.designs.queries.sizing import SizedNeed
from opale.infrastructure.models import CapacityPool
from opale.kernel.actor import Actor
from opale.reservations.models import Reservation
from opale.reservations.queries import pool_tree
from opale.reservations.queries.reservations import pools
from opale.reservations.states import ReservationState

CERTAIN: Final = 100
"""The probability of what is not tentative, in per cent."""


@dataclass(frozen=True, slots=True)
class Stock:
    """A pool, what others hold of it from a day on, and the pools above it with theirs."""

    pool: CapacityPool
    held: tuple[HeldPart, ...]
    purposes: Mapping[int, str]
    above: tuple["Stock", ...] = ()

    @property
    def chain(self) -> tuple["Stock", ...]:
        """Return it with those above it: each of them must have room."""
        return (self, *self.above)

    @property
    def digest(self) -> str:
        """Return a digest that changes when one of the pools or their reservations change."""
        said = []
        for stock in self.chain:
            said.append(str(stock.pool.capacity))
            said += sorted(
                f"{one.reservation}:{one.since}:{one.until}:{one.quantity}:{one.chance}"
                for one in stock.held
            )
        return sha256("|".join(said).encode()).hexdigest()[:16]

    def certain(self) -> "Stock":
        """Return it without tentative reservations."""
        return self.without({one.reservation for one in self._parts if one.chance < CERTAIN})

    def without(self, reservations: Collection[int]) -> "Stock":
        """Return it without these reservations."""
        return replace(
            self,
            held=tuple(one for one in self.held if one.reservation not in reservations),
            above=tuple(one.without(reservations) for one in self.above),
        )

    @property
    def _parts(self) -> list[HeldPart]:
        return [part for stock in self.chain for part in stock.held]


def stocks(
    rows: Collection[CapacityPool], *, since: date, own: Collection[int]
) -> dict[int, Stock]:
    """Return the pools with what is held of them from a day on, leaving out these reservations."""
    chains = pool_tree.chains([row.pk for row in rows])
    known = CapacityPool.objects.in_bulk({key for chain in chains.values() for key in chain})
    parts = pool_tree.held_of_pools(list(known), since=since)
    holding = Reservation.objects.in_bulk({one.reservation_id for one in parts} - set(own))
    held: dict[int, list[HeldPart]] = defaultdict(list)
    purposes: dict[int, dict[int, str]] = defaultdict(dict)
    for one in parts:
        reservation = holding.get(one.reservation_id)
        if reservation is None:
            continue
        tentative = reservation.state == ReservationState.TENTATIVE
        chance = (reservation.probability or 0) if tentative else CERTAIN
        held[one.pool_id].append(
            HeldPart(
                one.days.lower, one.days.upper, float(one.quantity), chance, one.reservation_id
            )
        )
        purposes[one.pool_id][one.reservation_id] = reservation.purpose
    single = {key: Stock(row, tuple(held[key]), purposes[key]) for key, row in known.items()}
    return {
        row.pk: replace(single[row.pk], above=tuple(single[key] for key in chains[row.pk][1:]))
        for row in rows
    }


def eligible_pools(
    wanted: Sequence[SizedNeed], placed: Mapping[int, int], *, seen_by: Actor
) -> dict[int, list[CapacityPool]]:
    """Return the pools that can meet each need: of its unit, in the datacentre of its site.

    `placed` are the items in which lines have their location: all that such a line needs comes from
    the pools of its item, where the item has them; other lines take of whole trees.
    """
    units = {one.need.unit for one in wanted}
    rows = list(pools(seen_by=seen_by).filter(unit__in=units)) if units else []
    found = {}
    for number, one in enumerate(wanted):
        place = one.line.site.place if one.line.site else None
        house = place if place is not None and place.is_of_provider else None
        own = [row for row in rows if row.unit == one.need.unit]
        item = placed.get(one.line.pk)
        found[number] = [row for row in own if item is not None and row.item_id == item] or [
            row
            for row in own
            if row.parent_id is None and (house is None or row.site_id in (house.pk, None))
        ]
    return found


@dataclass(frozen=True, slots=True)
class NeedMatch:
    """The pool that meets a need, and the day from which it can; None for never."""

    wanted: SizedNeed
    stock: Stock | None
    free_on: date | None
    left: Decimal
    """The free capacity of the pool, or of those above it, at the fullest moment to come."""


Taken = Mapping[int, Sequence[HeldPart]]
"""What the needs before hold of each pool."""


def free_in_chain(stock: Stock, quantity: float, taken: Taken, start: date) -> date | None:
    """Return the first day from which a quantity is free in a pool and in all above it."""
    day = start
    while True:
        before = day
        for one in stock.chain:
            held = [*one.held, *taken.get(one.pool.pk, ())]
            free = free_from(float(one.pool.capacity), quantity, held, day)
            if free is None:
                return None
            day = free
        if day == before:
            return day


def match_needs(
    wanted: Sequence[SizedNeed],
    choices: Mapping[int, Sequence[CapacityPool]],
    known: Mapping[int, Stock],
    *,
    start: date,
) -> list[NeedMatch]:
    """Return the pool of each need that is free first, the emptiest of those; needs in turn."""
    mine: dict[int, list[HeldPart]] = defaultdict(list)
    found = []
    for number, one in enumerate(wanted):
        best: tuple[tuple[date, float], Stock, date | None, float] | None = None
        for pool in choices[number]:
            stock = known[pool.pk]
            day = free_in_chain(stock, float(one.quantity), mine, start)
            left = min(
                _left(float(part.pool.capacity), [*part.held, *mine[part.pool.pk]], start)
                for part in stock.chain
            )
            rank = (day or date.max, -left)
            if best is None or rank < best[0]:
                best = (rank, stock, day, left)
        if best is None:
            found.append(NeedMatch(one, None, None, Decimal(0)))
            continue
        _rank, stock, day, left = best
        if day is not None:
            for part in stock.chain:
                mine[part.pool.pk].append(HeldPart(day, None, float(one.quantity)))
        found.append(NeedMatch(one, stock, day, Decimal(str(round(max(left, 0.0), 2)))))
    return found


def _left(capacity: float, held: Sequence[HeldPart], start: date) -> float:
    marks = {start, *(one.since for one in held if one.since > start)}
    return capacity - max(
        sum(
            one.quantity
            for one in held
            if one.since <= mark and (one.until is None or one.until > mark)
        )
        for mark in marks
    )


def blocking_holds(stock: Stock, quantity: Decimal, start: date) -> tuple[list[str], date | None]:
    """Return the largest reservations of the pool that lacks, of a pool and those above it, and
    when the first that would make room ends."""

    def free(one: Stock) -> date | None:
        return free_from(float(one.pool.capacity), float(quantity), one.held, start)

    tightest = max(stock.chain, key=lambda one: free(one) or date.max)
    holding = sorted(tightest.held, key=lambda one: -one.quantity)
    names = list(dict.fromkeys(tightest.purposes[one.reservation] for one in holding))[:3]
    return names, free(tightest)
