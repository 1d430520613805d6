"""Each figure counts what its definition says, and exactly the tickets that it leads to."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.personas import Personas

from opale.kernel import clock
from opale.kernel.actor import EVERYTHING, Actor, Scope, system
from opale.kernel.attribution import attributed
from opale.kernel.models import StateMove
from opale.listings.selection import Selection
from opale.run.desk.models import Assignment, Commitment, Ownership, Source, Ticket
from opale.run.desk.tests.builders import House, make_customer, make_house, make_service
from opale.run.reports.domain.periods import read_period
from opale.run.reports.listings import REPORTED_TICKETS, Asked
from opale.run.reports.queries.definitions import AGES, BACKLOG, SETS
from opale.run.reports.queries.dimensions import DIMENSIONS, NONE, with_value
from opale.run.reports.queries.figures import Figures, Report, get_report
from opale.run.reports.queries.tickets import reported_tickets
from opale.run.reports.web.figures import cards

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 12, 2, 9, tzinfo=UTC)
MONTH = read_period("2026-11", PARIS)
assert MONTH
READER = Actor(
    "person", "person:1", "Reader",
    dict.fromkeys(
        ("reports.read", "desk.read", "desk.confidential", "customers.read", "organisation.read"),
        EVERYTHING,
    ),
)  # fmt: skip
numbers = iter(range(1000, 9000))


@pytest.fixture
def house() -> Iterator[House]:
    with clock.travel(NOW - clock.now()):
        yield make_house()


def day(number: int, hour: int = 12, month: int = 11) -> datetime:
    return datetime(2026, month, number, hour, tzinfo=PARIS)


def add(house: House, received: datetime, **said: Any) -> Ticket:
    """Add a ticket as its record would have it."""
    resolved = said.get("resolved_at")
    state = said.pop("state", "resolved" if resolved else "in_progress")
    values: dict[str, Any] = {
        "number": next(numbers), "kind": "incident", "state": state, "source": Source.MAIL,
        "subject": "Lien coupé", "language": "fr", "customer": house.customer,
        "service": house.service, "owner": house.agent, "received_at": received,
        "stream": "solution",
    }  # fmt: skip
    with attributed(system("test")):
        ticket = Ticket.objects.create(**values | said)
    Ownership.objects.create(
        ticket=ticket, customer=ticket.customer, person=house.agent, starts=received,
        reason="received", actor="test",
    )  # fmt: skip
    return ticket


def promise(ticket: Ticket, measure: str, *, kept: bool) -> None:
    due = ticket.received_at + timedelta(hours=4)
    outcome = {"met_at": due} if kept else {"breached_at": due, "met_at": due + timedelta(hours=1)}
    Commitment.objects.create(
        ticket=ticket, customer=ticket.customer, measure=measure, target=timedelta(hours=4),
        coverage="always", starts_at=ticket.received_at, due_at=due, **outcome,
    )  # fmt: skip


def reopen(ticket: Ticket) -> None:
    StateMove.objects.create(
        subject="desk.ticket", subject_id=ticket.pk, move="reopen", source="closed",
        target="in_progress", actor="test", actor_name="Test", at=ticket.received_at,
    )  # fmt: skip


def report(by: str = "stream", seen_by: Actor = READER, **values: str) -> Report:
    assert MONTH
    return get_report(MONTH, by, values, seen_by=seen_by, now=NOW)


def november(**values: Any) -> Figures:
    return report(**values).figures[-1]


def test_cancelled_refused_and_merged_tickets_count_nowhere(house: House) -> None:
    kept = add(house, day(3))
    for state in ("cancelled", "rejected"):
        add(house, day(3), state=state, closed_at=day(4))
    add(house, day(3), state="merged", closed_at=day(4), merged_into=kept)
    found = november()
    assert (found.count("created"), found.count(BACKLOG)) == (1, 1)


def test_a_ticket_counts_in_the_month_of_the_company(house: House) -> None:
    add(house, datetime(2026, 10, 31, 23, 30, tzinfo=UTC))  # half past midnight in Paris
    add(house, datetime(2026, 11, 30, 23, 30, tzinfo=UTC))
    assert november().count("created") == 1


def test_the_backlog_is_what_was_open_at_the_end_by_its_age_then(house: House) -> None:
    add(house, day(30, 18))
    add(house, day(26))
    add(house, day(5), resolved_at=day(1, month=12))
    add(house, day(2, month=9))
    add(house, day(5), resolved_at=day(6))
    add(house, day(1, month=12))
    assert list(november().ages) == [1, 1, 1, 1]
    assert report().figures[-2].count(BACKLOG) == 1


def test_shares_of_kept_promises_leave_out_what_is_not_decided_and_what_is_internal(
    house: House,
) -> None:
    for kept in (True, True, False):
        promise(add(house, day(3)), "acknowledge", kept=kept)
    running = add(house, day(3))
    Commitment.objects.create(
        ticket=running, customer=running.customer, measure="acknowledge", coverage="always",
        target=timedelta(hours=1), starts_at=running.received_at,
    )  # fmt: skip
    promise(add(house, day(3), customer=None, service=None), "acknowledge", kept=False)
    found = november()
    assert found.count("gti") == 3
    assert found.share("gti") == pytest.approx(66.67, abs=0.01)
    assert found.share("gtr") is None


def test_first_replies_are_those_to_people(house: House) -> None:
    for hours in (1, 2, 9):
        add(house, day(3), answered_at=day(3) + timedelta(hours=hours))
    add(house, day(3), source=Source.EVENT, answered_at=day(3) + timedelta(minutes=1))
    add(house, day(3))
    found = november()
    assert found.count("replied") == 3
    assert found.reply == (timedelta(hours=2), timedelta(hours=7.6))


def test_the_reopened_share_is_of_the_tickets_that_were_ever_resolved(house: House) -> None:
    add(house, day(3), resolved_at=day(4))
    again = add(house, day(3))
    reopen(again)
    reopen(again)
    add(house, day(3))
    assert november().share("reopened") == 50
    assert november().count("resolved_once") == 2


def varied(house: House) -> None:
    with attributed(system("test")):
        other = make_customer(house.calendar, "BETA", "Beta")
        service = make_service(other, "VPN-2")
    sources = [Source.MAIL, Source.EVENT]
    places = [(house.customer, house.service), (other, service), (None, None)]
    for number, (source, (customer, at), stream, priority) in enumerate(
        product(sources, places, ("solution", "corporate", ""), (1, 4))
    ):
        received = day(1 + number % 28, month=9 + number % 3)
        ended = received + timedelta(days=number % 45) if number % 4 else None
        ended = ended if ended and ended < NOW else None
        ticket = add(
            house, received, source=source, customer=customer, service=at, stream=stream,
            priority=priority, resolved_at=ended, kind=("incident", "request")[number % 2],
            answered_at=received + timedelta(hours=number) if number % 3 else None,
        )  # fmt: skip
        for measure in ("acknowledge", "restore"):
            promise(ticket, measure, kept=bool(number % 5))
        if number % 7 == 0:
            reopen(ticket)
        if number % 3 == 0:
            with attributed(system("test")):
                Assignment.objects.create(
                    ticket=ticket, customer=customer, level="level_2", team=house.desk,
                    reason="skill",
                )  # fmt: skip


def test_each_figure_leads_to_exactly_the_tickets_that_it_counts(house: House) -> None:
    varied(house)
    found = report()
    counted = 0
    for period, figures in zip(found.periods, found.figures, strict=True):
        for name in (*SETS, BACKLOG):
            rows = reported_tickets(seen_by=READER, figure=name, period=period)
            assert rows.count() == figures.count(name), (period.key, name)
            counted += figures.count(name)
        for age in range(len(AGES) + 1):
            rows = reported_tickets(seen_by=READER, figure=BACKLOG, period=period, age=str(age))
            assert rows.count() == figures.ages[age], (period.key, age)
    assert counted > 200


@pytest.mark.parametrize("by", DIMENSIONS)
def test_the_values_of_a_dimension_add_up_and_lead_to_their_tickets(by: str, house: House) -> None:
    varied(house)
    found = report(by)
    assert found.groups
    for name in ("created", "solved", BACKLOG, "gti", "reopened"):
        total = sum(one.figures.count(name) for one in found.groups)
        assert total == found.figures[-1].count(name)
    for one in found.groups:
        for name in ("created", "gtr_kept", BACKLOG):
            rows = reported_tickets(
                seen_by=READER, figure=name, period=found.last, **{by: one.value}
            )
            assert rows.count() == one.figures.count(name), (one, name)
        narrowed = november(**{by: one.value})
        assert narrowed == replace(one.figures, ages=narrowed.ages)
        assert list(narrowed.ages) == list(one.figures.ages)


@pytest.mark.parametrize("by", DIMENSIONS)
def test_what_is_excluded_is_the_rest_and_leads_to_its_tickets(by: str, house: House) -> None:
    varied(house)
    found = report(by)
    assert len(found.groups) > 1 or by == "plan"
    for one in found.groups:
        asked = {by: one.value, "is_not": by}
        rest = november(**asked)
        for name in ("created", "solved", BACKLOG):
            total = found.figures[-1].count(name)
            assert rest.count(name) == total - one.figures.count(name), (one.value, name)
            query = QueryDict(mutable=True)
            query.update({"figure": name, "period": found.last.key, **asked})
            selection = Selection.read(REPORTED_TICKETS, query, READER)
            assert selection.narrowed().count() == rest.count(name), (one.value, name)
    assert with_value({by: "1", "is_not": f"{by},other"}, by, "2") == {by: "2", "is_not": "other"}
    assert with_value({by: "1", "is_not": by}, by, "2") == {by: "2"}


def test_a_report_says_what_it_excludes_and_its_figures_lead_to_it(house: House) -> None:
    varied(house)
    asked = Asked.read(QueryDict("period=2026-11&kind=incident&is_not=kind"), READER)
    assert asked.selection.said_filters()[-1] == "Kind is not: Incident"
    card = next(iter(cards(asked.report(), asked)))
    assert "is_not=kind" in card.shown.url
    period = Asked.read(QueryDict("period=2026-11&is_not=period"), READER)
    assert "is_not" not in period.values


def test_a_program_excludes_a_dimension_that_it_gives(personas: Personas) -> None:
    api = Client(headers={"Authorization": f"Bearer {personas.token('service_manager')}"})
    address = f"/api/v1/reports/figures?customer_id={personas.customer.pk}"
    assert api.get(f"{address}&is_not=customer_id").status_code == 200
    assert api.get(f"{address}&is_not=kind").status_code == 422


def test_tickets_without_customer_are_internal(house: House) -> None:
    add(house, day(3), customer=None, service=None)
    (group,) = report("customer").groups
    assert (group.value, group.label) == (NONE, "Internal")


def test_a_reader_counts_what_it_may_see_and_nothing_more(house: House) -> None:
    varied(house)
    add(house, day(3), confidential=True)
    theirs = replace(READER, grants={**READER.grants, "desk.read": Scope(
        customers=frozenset({house.customer.pk}))})  # fmt: skip
    found = report("customer", theirs)
    assert {one.label for one in found.groups} == {"Acme"}
    without = {name: scope for name, scope in READER.grants.items() if "confidential" not in name}
    seen = report(seen_by=replace(READER, grants=without)).figures[-1]
    assert seen.count("created") == november().count("created") - 1


def test_the_number_of_statements_does_not_grow_with_the_tickets(house: House) -> None:
    add(house, day(3))
    with CaptureQueriesContext(connection) as few:
        report("customer")
    varied(house)
    with CaptureQueriesContext(connection) as many:
        report("customer")
    assert len(many) <= len(few)
