"""Time spent on tickets. Source: docs/rules/time-spent.md."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from opale.customers.models import ContractedHours
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.history import revisions
from opale.run.desk.actions import time_entries
from opale.run.desk.models import TimeEntry
from opale.run.desk.queries import time_entries as time_entry_queries
from opale.run.desk.tests.builders import House, agent_of, make_house, make_ticket

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def house() -> House:
    return make_house()


def test_a_timer_counts_until_it_is_stopped(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    time_entries.start_timer(ticket, by=by)
    with clock.travel(HOUR):
        entry = time_entries.stop_timer(by=by)
    spent = time_entry_queries.time_spent(ticket, seen_by=by)
    assert entry.ends is not None
    assert HOUR <= spent.total < HOUR + timedelta(minutes=1)
    with pytest.raises(NotFound):
        time_entries.stop_timer(by=by)


def test_a_timer_started_elsewhere_stops_the_first(house: House) -> None:
    first, second, by = make_ticket(house), make_ticket(house), agent_of(house.agent)
    time_entries.start_timer(first, by=by)
    with pytest.raises(Conflict):
        time_entries.start_timer(first, by=by)
    time_entries.start_timer(second, by=by)
    assert time_entry_queries.time_spent(first, seen_by=by).running is None
    assert time_entry_queries.time_spent(second, seen_by=by).running is not None


def test_a_forgotten_timer_counts_a_day_at_most(house: House) -> None:
    by = agent_of(house.agent)
    time_entries.start_timer(make_ticket(house), by=by)
    with clock.travel(timedelta(days=3)):
        entry = time_entries.stop_timer(by=by)
    assert entry.ends == entry.starts + timedelta(hours=24)


def test_the_database_refuses_two_running_timers_of_a_person(house: House) -> None:
    ticket = make_ticket(house)
    with attributed(system("test")):
        TimeEntry.objects.create(ticket=ticket, person=house.agent, starts=clock.now())
        with pytest.raises(IntegrityError), transaction.atomic():
            TimeEntry.objects.create(ticket=ticket, person=house.agent, starts=clock.now())


def test_a_correction_keeps_what_was_said_before(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    start = clock.now() - 3 * HOUR
    entry = time_entries.log_time(ticket, start, start + HOUR, by=by, note="Diagnosis")
    time_entries.correct_time(entry, start, start + 2 * HOUR, by=by)
    assert time_entry_queries.time_spent(ticket, seen_by=by).total == 2 * HOUR
    (change,) = revisions(TimeEntry, id=entry.pk)
    assert {d.column: d.before for d in change.differences}["ends"] == start + HOUR


def test_nobody_corrects_or_removes_anothers_time(house: House) -> None:
    ticket, start = make_ticket(house), clock.now() - 2 * HOUR
    entry = time_entries.log_time(ticket, start, start + HOUR, by=agent_of(house.agent))
    other = agent_of(house.other)
    with pytest.raises(NotAllowed):
        time_entries.correct_time(entry, start, start + 2 * HOUR, by=other)
    with pytest.raises(NotAllowed):
        time_entries.remove_time(entry, by=other)
    time_entries.remove_time(entry, by=agent_of(house.agent))
    assert time_entry_queries.time_spent(ticket, seen_by=other).entries == []


@pytest.mark.parametrize(
    ("start", "end"),
    [(-1, -2), (-1, 1), (-26, -1)],
    ids=["ends before it starts", "ends in the future", "lasts longer than a day"],
)
def test_a_time_that_cannot_be_is_refused(house: House, start: int, end: int) -> None:
    now = clock.now()
    with pytest.raises(Invalid):
        time_entries.log_time(
            make_ticket(house), now + start * HOUR, now + end * HOUR, by=agent_of(house.agent)
        )


def test_the_worked_example_of_the_hours_of_a_contract(house: House) -> None:
    contract, by = house.service.plans.get().contract, agent_of(house.agent)
    with attributed(system("test")):
        ContractedHours.objects.create(
            customer=house.customer,
            contract=contract,
            hours=Decimal(10),
            period=DateRange(date(2026, 11, 1), date(2026, 12, 1)),
        )
    text = (
        Path("docs/rules/time-spent.md").read_text(encoding="utf-8").split("## Worked example")[1]
    )
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("| 2026")]
    assert rows
    in_december = datetime(2026, 12, 2, tzinfo=UTC) - clock.now()
    with clock.travel(in_december):
        ticket = make_ticket(house, at=datetime(2026, 10, 1, tzinfo=UTC))
        for day, start, end, used in ([cell.strip() for cell in row] for row in rows):
            time_entries.log_time(
                ticket,
                datetime.fromisoformat(f"{day}T{start}+00:00"),
                datetime.fromisoformat(f"{day}T{end}+00:00"),
                by=by,
            )
            hours = time_entry_queries.contract_hours_of(contract, date(2026, 11, 20))
            assert hours is not None
            assert hours.used_hours == Decimal(used), day
            assert hours.left_hours == Decimal(10) - Decimal(used), day


def test_others_are_not_named_unless_figures_per_agent_are_on(
    house: House, settings: pytest.FixtureRequest
) -> None:
    ticket, start = make_ticket(house), clock.now() - 2 * HOUR
    time_entries.log_time(ticket, start, start + HOUR, by=agent_of(house.agent))
    assert not time_entry_queries.time_spent(ticket, seen_by=agent_of(house.other)).names_shown
    settings.FIGURES_PER_AGENT = True  # type: ignore[attr-defined]  # pytest-django's settings
    assert time_entry_queries.time_spent(ticket, seen_by=agent_of(house.other)).names_shown
