"""Thousands of tickets over ninety shifts: at every instant each has exactly one owner.

By sets, as the actions write: what is accepted early, what is accepted late, and what the clock
passes on; over the night in which the clocks change.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from tests.profiles import is_thorough

from opale.kernel import live_topics
from opale.kernel.attribution import attributed
from opale.organisation.models import Person
from opale.run.desk.actions.ownership import move_ownerships
from opale.run.desk.models import Kind, Ownership, Source, Ticket
from opale.run.desk.tests.builders import House, make_house
from opale.run.handover.queries.shift_changes import ACCEPTANCE_WINDOW
from opale.run.handover.tests.builders import CLOCK, TEST

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(400)]
TICKETS, SHIFTS = 10_000 if is_thorough() else 2_000, 90
PARIS = ZoneInfo("Europe/Paris")
FIRST = datetime(2026, 10, 1, 6, tzinfo=PARIS)
"""The clocks change on the 25th of October: that night has nine hours."""
LIVES = (0, 0, 1, 1, 1, 2)
"""Over how many changes of shift a ticket is open."""


def test_no_ticket_is_without_an_owner_or_with_two() -> None:
    chance, house = Random(7), make_house()
    moments = list(_changes())
    assert {later - earlier for earlier, later in pairwise(moments)} > {timedelta(hours=8)}
    people = _people(house)
    with attributed(CLOCK), live_topics.publish_once():
        open_until = _tickets(chance, people, moments)
        for place, moment in enumerate(moments[1:], start=1):
            left = [ticket for ticket, last in open_until if _runs(ticket, last, place, moment)]
            _hand_over(chance, left, people, place, moment)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the triggers that wait for a commit
    assert Ticket.objects.count() == TICKETS
    assert Ownership.objects.count() > 1.5 * TICKETS
    assert _broken() == (0, 0, 0)
    for moment in moments:
        assert _owned_otherwise_than_once(moment) == 0


def _changes() -> Iterator[datetime]:
    """At 6, 14 and 22 on the wall clock of Paris, whatever that is elsewhere."""
    for place in range(SHIFTS + 1):
        day = FIRST.date() + timedelta(days=place // 3)
        local = datetime.combine(day, time((6, 14, 22)[place % 3]), PARIS)
        yield datetime.fromtimestamp(local.timestamp(), tz=ZoneInfo("UTC"))


def _people(house: House) -> list[Person]:
    """Three on each of three shifts, the lead first."""
    with attributed(TEST):
        return Person.objects.bulk_create(
            Person(
                company=house.manager.company,
                name=f"Agent {number}",
                email=f"agent{number}@nuage.example",
                seniority="confirmed",
            )
            for number in range(9)
        )


def _on(people: Sequence[Person], place: int) -> Sequence[Person]:
    return people[3 * (place % 3) : 3 * (place % 3) + 3]


def _tickets(
    chance: Random, people: Sequence[Person], moments: Sequence[datetime]
) -> list[tuple[Ticket, int]]:
    """Each received in some shift by somebody on it, and the change that it is open at last."""
    tickets, last = [], []
    for number in range(TICKETS):
        place = chance.randrange(SHIFTS)
        length = (moments[place + 1] - moments[place]).total_seconds()
        received = moments[place] + timedelta(seconds=chance.uniform(0, length))
        tickets.append(
            Ticket(
                number=9_000_000 + number,
                kind=Kind.REQUEST,
                source=Source.MAIL,
                subject="Demande",
                language="fr",
                owner=chance.choice(_on(people, place)),
                received_at=received,
            )
        )
        last.append(place + chance.choice(LIVES))
    Ticket.objects.bulk_create(tickets, batch_size=2000)
    Ownership.objects.bulk_create(
        (
            Ownership(
                ticket=one, person=one.owner, starts=one.received_at, reason="received", actor="t"
            )
            for one in tickets
        ),
        batch_size=2000,
    )
    return list(zip(tickets, last, strict=True))


def _runs(ticket: Ticket, last: int, place: int, moment: datetime) -> bool:
    return place <= last and ticket.received_at < moment - timedelta(minutes=5)


def _hand_over(
    chance: Random, left: list[Ticket], people: Sequence[Person], place: int, moment: datetime
) -> None:
    """Some are accepted before the end, some after it, and the lead has the rest."""
    lead, *others = _on(people, place)
    ways = (
        (others[0], moment - timedelta(minutes=5)),
        (others[1], moment + timedelta(minutes=chance.uniform(0, 14))),
        (lead, moment + ACCEPTANCE_WINDOW),
    )
    parts: list[list[Ticket]] = [[] for _ in ways]
    for ticket in left:
        parts[chance.randrange(len(ways))].append(ticket)
    for part, (person, at) in zip(parts, ways, strict=True):
        if part:
            reason = Ownership.Reason.HANDED_OVER
            move_ownerships(part, person, by=CLOCK, at=at, reason=reason)


def _broken() -> tuple[int, ...]:
    """Links that do not begin where the one before ends, first ones that do not begin at the
    receipt, and tickets whose last link has ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH chain AS (
                SELECT ticket_id, starts, ends,
                    lag(ends) OVER one AS before, lead(starts) OVER one AS after
                FROM desk_ownership WINDOW one AS (PARTITION BY ticket_id ORDER BY starts)
            )
            SELECT count(*) FILTER (WHERE before IS NOT NULL AND before <> starts),
                count(*) FILTER (WHERE before IS NULL AND starts <> received_at),
                count(*) FILTER (WHERE after IS NULL AND ends < '9999-12-31 00:00:00+00')
            FROM chain JOIN desk_ticket ON desk_ticket.id = ticket_id
            """
        )
        return tuple(cursor.fetchone())


def _owned_otherwise_than_once(at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (SELECT count(*) FROM desk_ticket WHERE received_at <= %(at)s)
                - count(*) + (count(*) - count(DISTINCT ticket_id)) * 1000000
            FROM desk_ownership WHERE starts <= %(at)s AND ends > %(at)s
            """,
            {"at": at},
        )
        return int(cursor.fetchone()[0])
