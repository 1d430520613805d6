"""Reading reservations, and how loaded people are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Prefetch

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.organisation.models import Person
from opale.organisation.queries import people
from opale.reservations.models import Reservation, ReservationLine, ReservationsQuerySet
from opale.reservations.rights import READ
from opale.reservations.states import RELEASE

A_WEEK = timedelta(weeks=1)
HOURS_A_WEEK = 40


def reservations(*, seen_by: Actor, state: str = "") -> ReservationsQuerySet[Reservation]:
    found = Reservation.objects.visible_to(seen_by).select_related(
        "customer", "holder", "approved_by"
    )
    return found.filter(state=state) if state else found


def get_reservation(reservation_id: int, *, seen_by: Actor) -> Reservation:
    """Errors: NotFound, hidden and missing alike."""
    found = reservations(seen_by=seen_by).filter(pk=reservation_id).first()
    if found is None:
        raise NotFound
    return found


def lines_of(reservation: Reservation) -> list[ReservationLine]:
    return list(reservation.lines.select_related("person", "pool", "item"))


def held_for(source: str) -> int:
    """How many lines still hold something for a row of an upper room."""
    return ReservationLine.objects.filter(reservation__source=source, holds=True).count()


def releasable(sources: Iterable[str], *, seen_by: Actor) -> list[Reservation]:
    """What a release would give back of what is reserved for these rows of an upper room."""
    if not seen_by.can(READ):
        return []
    things = ReservationLine.objects.select_related("person", "pool", "item")
    rows = Reservation.objects.visible_to(seen_by).filter(
        source__in=list(sources), state__in=RELEASE.sources
    )
    return list(rows.order_by("pk").prefetch_related(Prefetch("lines", queryset=things)))


@dataclass(frozen=True, slots=True)
class Load:
    """Hours of one person in one week."""

    confirmed: Decimal = Decimal(0)
    tentative: Decimal = Decimal(0)
    duty: Decimal = Decimal(0)
    absent: Decimal = Decimal(0)

    @property
    def booked(self) -> Decimal:
        return self.confirmed + self.tentative + self.duty

    @property
    def available(self) -> Decimal:
        return max(Decimal(0), HOURS_A_WEEK - self.absent)

    @property
    def share(self) -> int:
        """Per cent of what the person can give; 100 and more is full."""
        if not self.available:
            return 100 if self.booked else 0
        return int(self.booked * 100 / self.available)


NO_LOAD = Load()


@dataclass(frozen=True, slots=True)
class Row:
    person: Person
    weeks: tuple[Load, ...]

    @property
    def free(self) -> Decimal:
        return sum((max(Decimal(0), w.available - w.booked) for w in self.weeks), Decimal(0))


@dataclass(frozen=True, slots=True)
class LoadMap:
    """People down, weeks across; `weeks` are their Mondays."""

    weeks: tuple[date, ...]
    rows: tuple[Row, ...]


_LOAD = """
WITH span AS (SELECT %(since)s::date AS since, %(until)s::date AS until),
reserved AS (
    SELECT line.person_id, date_trunc('week', day)::date AS week,
        CASE WHEN held.state = 'tentative' THEN 'tentative' ELSE 'confirmed' END AS kind,
        sum(line.quantity) AS hours
    FROM span, reservations_reservationline AS line
    JOIN reservations_reservation AS held ON held.id = line.reservation_id
    CROSS JOIN LATERAL generate_series(
        greatest(lower(line.days), (SELECT since FROM span))::timestamp,
        least(upper(line.days), (SELECT until FROM span)) - interval '1 day', interval '1 day'
    ) AS day
    WHERE line.holds AND line.person_id = ANY(%(people)s)
        AND line.days && daterange(since, until) AND extract(isodow FROM day) < 6
    GROUP BY 1, 2, 3
),
taken AS (
    SELECT person_id, 'duty' AS kind, period FROM reservations_busytime
    WHERE person_id = ANY(%(people)s) AND kind = 'duty'
    UNION ALL
    SELECT person_id, 'absent', period FROM organisation_absence WHERE person_id = ANY(%(people)s)
),
busy AS (
    SELECT person_id, date_trunc('week', day)::date AS week, taken.kind,
        sum(least(8, extract(epoch FROM
            least(coalesce(upper(period), 'infinity'), (day + interval '1 day') AT TIME ZONE 'UTC')
            - greatest(lower(period), day AT TIME ZONE 'UTC')) / 3600)) AS hours
    FROM span, taken
    CROSS JOIN LATERAL generate_series(
        greatest(lower(period) AT TIME ZONE 'UTC', since::timestamp)::date::timestamp,
        least(coalesce(upper(period) AT TIME ZONE 'UTC', until::timestamp),
            until - interval '1 second'), interval '1 day'
    ) AS day
    WHERE period && tstzrange(since::timestamp AT TIME ZONE 'UTC',
            until::timestamp AT TIME ZONE 'UTC')
        AND (taken.kind = 'duty' OR extract(isodow FROM day) < 6)
    GROUP BY 1, 2, 3
)
SELECT person_id, week, kind, hours FROM reserved UNION ALL
SELECT person_id, week, kind, hours FROM busy
"""


def load_map(*, seen_by: Actor, since: date, weeks: int, team_id: int | None = None) -> LoadMap:
    """How loaded each person is in each week, from reservations, duties and absences.

    Source: docs/rules/reservations.md, "Load".
    """
    monday = since - timedelta(days=since.weekday())
    mondays = tuple(monday + A_WEEK * n for n in range(weeks))
    found = people(seen_by=seen_by).filter(left_on=None)
    if team_id is not None:
        found = found.filter(memberships__team_id=team_id)
    rows = list(found.order_by("name", "id").distinct())
    cells: dict[tuple[int, date], dict[str, Decimal]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _LOAD,
            {
                "since": monday,
                "until": monday + A_WEEK * weeks,
                "people": [person.pk for person in rows],
            },
        )
        for person_id, week, kind, hours in cursor.fetchall():
            cells.setdefault((person_id, week), {})[kind] = Decimal(hours)
    return LoadMap(
        mondays,
        tuple(
            Row(person, tuple(_load(cells.get((person.pk, week))) for week in mondays))
            for person in rows
        ),
    )


def _load(found: dict[str, Decimal] | None) -> Load:
    return Load(**found) if found else NO_LOAD
