"""Queries of reservations and their lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import F, Prefetch, Q
from django.utils.translation import gettext as _

from opale.customers.queries.customers import PEOPLE
from opale.infrastructure.models import CapacityPool, InfrastructureQuerySet
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.history import Revision, merged_revisions, revisions
from opale.reservations.models import Reservation, ReservationLine, ReservationsQuerySet
from opale.reservations.queries import pool_tree
from opale.reservations.rights import READ
from opale.reservations.states import ENDED, HOLDING, RELEASE, ReservationState

NEWEST = 30


def reservations(
    *,
    seen_by: Actor,
    state: str = "",
    text: str = "",
    person_id: int | None = None,
    pool_id: int | None = None,
    item_id: int | None = None,
    customer_id: int | None = None,
    source: str = "",
    held_by: int | None = None,
) -> ReservationsQuerySet[Reservation]:
    """Return reservations that match words of their purpose, customer or reserved things.

    `state` is one of the states, `holding` or `ended`.
    """
    found = Reservation.objects.visible_to(seen_by).select_related(
        "customer", "holder", "approved_by"
    )
    exact = {
        "lines__person_id": person_id,
        "lines__pool_id": pool_id,
        "lines__item_id": item_id,
        "customer_id": customer_id,
        "source": source,
        "holder_id": held_by,
    }
    wanted = Q(**{name: value for name, value in exact.items() if value not in ("", None)})
    if state in ("holding", "ended"):
        wanted &= Q(state__in=HOLDING if state == "holding" else ENDED)
    elif state:
        wanted &= Q(state=state)
    for word in text.split():
        things = ReservationLine.objects.filter(
            Q(person__name__unaccent__icontains=word)
            | Q(pool__name__unaccent__icontains=word)
            | Q(item__name__icontains=word)
        )
        wanted &= (
            Q(purpose__unaccent__icontains=word)
            | Q(customer__name__unaccent__icontains=word)
            | Q(customer__code__iexact=word)
            | Q(pk__in=things.values("reservation_id"))
        )
    found = found.filter(wanted)
    # A reservation that holds the same person by several lines is returned once.
    return found.distinct() if person_id or pool_id or item_id else found


def reserved_lines() -> "Prefetch[str, ReservationsQuerySet[ReservationLine], str]":
    """Return the prefetch of a reservation's lines, with what each of them reserves."""
    things = ReservationLine.objects.select_related("person", "pool", "item").order_by("id")
    return Prefetch("lines", queryset=things)


def with_lines(found: ReservationsQuerySet[Reservation]) -> ReservationsQuerySet[Reservation]:
    return found.prefetch_related(reserved_lines())


def expiring_reservations(actor: Actor) -> ReservationsQuerySet[Reservation]:
    """Return the actor's tentative reservations, which expire unless confirmed, for the rail."""
    rows = Reservation.objects.visible_to(actor).filter(state=ReservationState.TENTATIVE)
    return rows.filter(holder_id=actor.person_id or 0)


def history_of(reservation: Reservation, *, seen_by: Actor) -> list[Revision]:
    """Return the revisions of a reservation, newest first, with names for readers who may see
    them."""
    if not seen_by.can(PEOPLE):
        return []
    lines = revisions(
        ReservationLine, limit=NEWEST, kind=_("a line"), reservation_id=reservation.pk
    )
    return merged_revisions(
        revisions(Reservation, limit=NEWEST, id=reservation.pk), lines, limit=NEWEST
    )


def pools(*, seen_by: Actor, text: str = "") -> InfrastructureQuerySet[CapacityPool]:
    found = CapacityPool.objects.visible_to(seen_by).select_related("site", "parent", "item")
    for word in text.split():
        found = found.filter(
            Q(name__unaccent__icontains=word)
            | Q(unit__iexact=word)
            | Q(site__name__unaccent__icontains=word)
            | Q(site__code__iexact=word)
        )
    return found


def hours_of_leavers(*, seen_by: Actor) -> ReservationsQuerySet[ReservationLine]:
    """Return the hours still reserved of people after they left, to be given to others."""
    rows = ReservationLine.objects.visible_to(seen_by).filter(
        holds=True,
        person__left_on__isnull=False,
        days__endswith__gt=F("person__left_on") + timedelta(days=1),
    )
    return rows.select_related("person", "reservation__customer").order_by("days", "id")


def get_pool(pool_id: int, *, seen_by: Actor) -> CapacityPool:
    """Return a pool. Errors: NotFound, whether hidden or missing."""
    found = pools(seen_by=seen_by).filter(pk=pool_id).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class PoolUsage:
    """The held quantity of a pool and its parts on a day, with the tentative part."""

    pool: CapacityPool
    confirmed: Decimal
    tentative: Decimal
    left: Decimal
    """What the pool has left, and each of those above it."""


def pool_usage(found: Iterable[CapacityPool], *, on: date) -> list[PoolUsage]:
    rows = list(found)
    chains = pool_tree.chains([row.pk for row in rows])
    keys = sorted({key for chain in chains.values() for key in chain})
    capacities = dict(
        CapacityPool.objects.filter(pk__in=keys).values_list("pk", "capacity") if keys else ()
    )
    held: dict[tuple[int, bool], Decimal] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT part.pool, held.state = 'tentative', sum(part.quantity)"
            " FROM reservations_held_of(%s, daterange(%s::date, %s::date, '[]')) AS part"
            " JOIN reservations_reservation AS held ON held.id = part.reservation GROUP BY 1, 2",
            [keys, on, on],
        )
        for pool_id, tentative, quantity in cursor.fetchall():
            held[pool_id, tentative] = quantity
    none = Decimal(0)

    def free(key: int) -> Decimal:
        return capacities[key] - held.get((key, False), none) - held.get((key, True), none)

    return [
        PoolUsage(
            row,
            held.get((row.pk, False), none),
            held.get((row.pk, True), none),
            min(free(key) for key in chains[row.pk]),
        )
        for row in rows
    ]


def get_reservation(reservation_id: int, *, seen_by: Actor) -> Reservation:
    """Return a reservation. Errors: NotFound, whether hidden or missing."""
    found = reservations(seen_by=seen_by).filter(pk=reservation_id).first()
    if found is None:
        raise NotFound
    return found


def lines(*, seen_by: Actor, reservation: Reservation) -> ReservationsQuerySet[ReservationLine]:
    """Return the lines of a reservation, with what they reserve."""
    rows = ReservationLine.objects.visible_to(seen_by).filter(reservation=reservation)
    return rows.select_related("reservation", "person", "pool", "item")


def get_line(line_id: int, *, seen_by: Actor, reservation: Reservation) -> ReservationLine:
    """Return a line. Errors: NotFound."""
    found = lines(seen_by=seen_by, reservation=reservation).filter(pk=line_id).first()
    if found is None:
        raise NotFound
    return found


def lines_of(reservation: Reservation) -> list[ReservationLine]:
    return list(reservation.lines.select_related("person", "pool", "item"))


def releasable(sources: Iterable[str], *, seen_by: Actor) -> list[Reservation]:
    """Return the reservations that a release would free for these rows of another app."""
    if not seen_by.can(READ):
        return []
    rows = Reservation.objects.visible_to(seen_by).filter(
        source__in=list(sources), state__in=RELEASE.sources
    )
    return list(with_lines(rows).order_by("pk"))
