"""Free capacity of pools in the days ahead, with others' tentative reservations by probability."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256

from django.db.models import Q

from opale.delivery.designs.domain.go_live_forecast import HeldPart, free_from
from opale.delivery.designs.queries.sizing import SizedNeed
from opale.infrastructure.models import CapacityPool
from opale.kernel.actor import Actor
from opale.reservations.models import ReservationLine
from opale.reservations.queries.reservations import pools
from opale.reservations.states import ReservationState


@dataclass(frozen=True, slots=True)
class Stock:
    """A pool, and what others hold of it from a day on."""

    pool: CapacityPool
    held: tuple[HeldPart, ...]
    purposes: Mapping[int, str]

    @property
    def digest(self) -> str:
        """Return a digest that changes when the pool or its reservations change."""
        said = [str(self.pool.capacity)]
        said += sorted(
            f"{one.reservation}:{one.since}:{one.until}:{one.quantity}:{one.chance}"
            for one in self.held
        )
        return sha256("|".join(said).encode()).hexdigest()[:16]


def stocks(
    rows: Collection[CapacityPool], *, since: date, own: Collection[int]
) -> dict[int, Stock]:
    """Return the pools with what is held of them from a day on, leaving out these reservations."""
    lines = (
        ReservationLine.objects.filter(Q(pool__in=[row.pk for row in rows]), holds=True)
        .exclude(reservation__in=own)
        .filter(Q(days__endswith=None) | Q(days__endswith__gt=since))
        .select_related("reservation")
        .order_by("id")
    )
    held: dict[int, list[HeldPart]] = defaultdict(list)
    purposes: dict[int, dict[int, str]] = defaultdict(dict)
    for line in lines:
        if line.pool_id is None:
            continue
        reservation = line.reservation
        tentative = reservation.state == ReservationState.TENTATIVE
        chance = (reservation.probability or 0) if tentative else 100
        held[line.pool_id].append(
            HeldPart(
                line.since,
                line.days.upper,
                float(line.quantity),
                chance,
                line.reservation_id,
            )
        )
        purposes[line.pool_id][line.reservation_id] = reservation.purpose
    return {row.pk: Stock(row, tuple(held[row.pk]), purposes[row.pk]) for row in rows}


def eligible_pools(wanted: Sequence[SizedNeed], *, seen_by: Actor) -> dict[int, list[CapacityPool]]:
    """Return the pools that can meet each need: of its unit, in the datacentre of its site."""
    units = {one.need.unit for one in wanted}
    rows = list(pools(seen_by=seen_by).filter(unit__in=units)) if units else []
    found = {}
    for number, one in enumerate(wanted):
        place = one.line.site.place if one.line.site else None
        house = place if place is not None and place.is_of_provider else None
        found[number] = [
            row
            for row in rows
            if row.unit == one.need.unit and (house is None or row.site_id in (house.pk, None))
        ]
    return found


@dataclass(frozen=True, slots=True)
class NeedMatch:
    """The pool that meets a need, and the day from which it can; None for never."""

    wanted: SizedNeed
    stock: Stock | None
    free_on: date | None
    left: Decimal
    """The free capacity of the pool at the fullest moment of the days to come."""


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
            held = [*stock.held, *mine[pool.pk]]
            day = free_from(float(pool.capacity), float(one.quantity), held, start)
            left = _left(float(pool.capacity), held, start)
            rank = (day or date.max, -left)
            if best is None or rank < best[0]:
                best = (rank, stock, day, left)
        if best is None:
            found.append(NeedMatch(one, None, None, Decimal(0)))
            continue
        _rank, stock, day, left = best
        if day is not None:
            mine[stock.pool.pk].append(HeldPart(day, None, float(one.quantity)))
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
    """Return the largest reservations of a pool, and when the first that would make room ends."""
    holding = sorted(stock.held, key=lambda one: -one.quantity)
    names = list(dict.fromkeys(stock.purposes[one.reservation] for one in holding))[:3]
    return names, free_from(float(stock.pool.capacity), float(quantity), stock.held, start)
