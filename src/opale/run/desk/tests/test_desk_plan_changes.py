"""Running tickets when a plan changes, as stored and as shown before. docs/rules/clocks.md.

The plan of the house promises four hours around the clock; it changes to eight hours of the
customer's business time: weekdays 9 to 12 and 14 to 18 in Paris, French holidays closed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from tests.personas import make_personas

from opale.customers import ports
from opale.customers.actions.contracts import assign_plan
from opale.customers.actions.plans import PlanContent, Target, create_plan, start_version
from opale.customers.facts import PlanGiven, PlanVersionStarted
from opale.customers.models import (
    Contract,
    Coverage,
    Customer,
    Measure,
    Service,
    Stream,
    SupportPlan,
)
from opale.kernel import clock
from opale.kernel.actor import ANONYMOUS, system
from opale.kernel.attribution import attributed
from opale.run.desk.actions import classifications, lifecycle, pauses, plan_changes
from opale.run.desk.actions.classifications import ClassificationInput
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Commitment, Grade, Kind, Pause, Source, Ticket
from opale.run.desk.queries import plan_changes as plan_change_queries
from opale.run.desk.tests.builders import MATRIX, House, agent_of, make_house, make_service

pytestmark = pytest.mark.django_db
ME = system("test")
HOUR = timedelta(hours=1)
CONTENT = PlanContent(
    stream=Stream.SOLUTION,
    coverage=Coverage.CUSTOMER_HOURS,
    matrix=MATRIX,
    premium_matrix=MATRIX,
    targets=tuple(
        Target(Measure.RESTORE, priority, 8 * HOUR, Coverage.CUSTOMER_HOURS)
        for priority in range(1, 5)
    ),
)


def utc(month: int, day: int, hour: float) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC) + hour * HOUR


SPRING = utc(3, 27, 10)
"""Friday 11:00 in Paris; on Sunday the clocks go forward."""
AUTUMN = utc(10, 23, 8)
"""Friday 10:00 in Paris; on Sunday the clocks go back."""
HOLIDAY = utc(4, 30, 8)
"""Thursday 10:00 in Paris; the next day is a holiday, then comes a weekend."""


@pytest.fixture
def house() -> House:
    return make_house()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with clock.travel(moment - clock.now()):
        yield


def received(house: House, moment: datetime) -> Ticket:
    return received_of(house.customer, house.service, moment)


def received_of(customer: Customer, service: Service, moment: datetime) -> Ticket:
    with at(moment):
        return receive_ticket(
            NewTicket(
                subject="VPN coupé",
                source=Source.MAIL,
                kind=Kind.INCIDENT,
                customer=customer,
                service=service,
                impact=Grade.HIGH,
                urgency=Grade.HIGH,
            ),
            by=ME,
            at=moment,
        )


def sell_differently(moment: datetime, since: datetime) -> None:
    """The plan has changed from the day of `since` on, and running tickets hear of it now."""
    plan, starts = SupportPlan.objects.get(code="solution"), since.date()
    with at(moment):
        version = start_version(plan, CONTENT, by=ME, starts=starts, today=starts)
        fact = PlanVersionStarted(version_id=version.pk, plan_id=plan.pk, starts=starts)
        plan_changes.apply_plan_version(fact, ME)


def restore_of(ticket: Ticket) -> Commitment:
    return Commitment.objects.get(ticket=ticket, measure="restore")


def due(ticket: Ticket) -> datetime | None:
    """Without the moments that the test itself takes."""
    found = restore_of(ticket).due_at
    return found and (found + timedelta(seconds=30)).replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (SPRING, utc(3, 30, 9)),
        (AUTUMN, utc(10, 26, 10)),
        (HOLIDAY, utc(5, 4, 9)),
    ],
    ids=["clocks go forward", "clocks go back", "a holiday"],
)
def test_two_used_hours_stay_used_and_six_of_business_time_are_left(
    house: House, start: datetime, expected: datetime
) -> None:
    ticket = received(house, start)
    assert due(ticket) == start + 4 * HOUR
    sell_differently(start + 2 * HOUR, start)
    held = restore_of(ticket)
    assert (held.target, held.coverage) == (8 * HOUR, "customer_hours")
    assert due(ticket) == expected
    assert Ticket.objects.get().plan_version_id != ticket.plan_version_id


def test_a_plan_that_changes_in_the_middle_of_a_pause_leaves_the_pause(house: House) -> None:
    ticket, by = received(house, SPRING), agent_of(house.agent)
    with at(SPRING + HOUR):
        pauses.pause_ticket(ticket, Pause.Kind.SUPPLIER, by=by, confirmed=True)
    sell_differently(SPRING + 2 * HOUR, SPRING)
    assert due(ticket) is None
    assert Pause.objects.get().ends is None
    with at(SPRING + 3.5 * HOUR):
        pauses.resume_ticket(ticket, by=by)
    # Seven hours are left on Friday at 14:30 in Paris: three and a half there, the rest on Monday.
    assert due(ticket) == utc(3, 30, 12.5)


def test_a_pause_may_begin_before_triage_and_the_plan_change_after(house: House) -> None:
    by = agent_of(house.agent)
    with at(SPRING):
        ticket = receive_ticket(NewTicket(subject="Panne", source=Source.MAIL), by=ME, at=SPRING)
    with at(SPRING + HOUR):
        starts = SPRING + HOUR / 2
        pauses.pause_ticket(ticket, Pause.Kind.CUSTOMER, by=by, starts=starts, confirmed=True)
    with at(SPRING + 1.5 * HOUR):
        pauses.resume_ticket(ticket, by=by)
    with at(SPRING + 1.75 * HOUR):
        found = ClassificationInput(
            kind=Kind.INCIDENT,
            impact=Grade.HIGH,
            urgency=Grade.HIGH,
            customer=house.customer,
            service=house.service,
        )
        classifications.classify_ticket(ticket, found, by=by)
    assert due(ticket) == SPRING + 5 * HOUR
    sell_differently(SPRING + 2 * HOUR, SPRING)
    assert due(ticket) == utc(3, 30, 10)


def test_a_ticket_of_the_day_before_keeps_its_plan(house: House) -> None:
    ticket = received(house, SPRING)
    sell_differently(SPRING + 20 * HOUR, SPRING + 20 * HOUR)
    assert due(ticket) == SPRING + 4 * HOUR
    assert Ticket.objects.get().plan_version_id == ticket.plan_version_id


def test_a_breach_of_the_plan_before_stays(house: House) -> None:
    ticket = received(house, SPRING)
    sell_differently(SPRING + 5 * HOUR, SPRING)
    assert restore_of(ticket).breached_at == SPRING + 4 * HOUR


def test_a_ticket_that_has_ended_does_not_follow(house: House) -> None:
    ticket = received(house, SPRING)
    with at(SPRING + HOUR):
        lifecycle.cancel_ticket(ticket, by=agent_of(house.agent))
    sell_differently(SPRING + 2 * HOUR, SPRING)
    assert Ticket.objects.get().plan_version_id == ticket.plan_version_id


def test_the_tickets_of_a_service_follow_the_plan_that_it_gets(house: House) -> None:
    ticket = received(house, AUTUMN)
    starts = AUTUMN.date()
    with at(AUTUMN + 2 * HOUR):
        plan = create_plan(by=ME, code="corporate", name_en="Corporate", name_fr="Corporate")
        start_version(plan, CONTENT, by=ME, starts=starts, today=starts)
        contract = Contract.objects.get()
        assign_plan(contract, house.service, plan, by=ME, starts=starts)
        fact = PlanGiven(
            service_id=house.service.pk,
            customer_id=house.customer.pk,
            plan_id=plan.pk,
            starts=starts,
        )
        plan_changes.apply_given_plan(fact, ME)
    assert due(ticket) == utc(10, 26, 10)


def proposal() -> ports.Proposal:
    return ports.Proposal(
        plan=SupportPlan.objects.get(),
        starts=SPRING.date(),
        matrix=MATRIX,
        premium_matrix=MATRIX,
        targets=tuple(
            ports.ProposedTarget("restore", priority, False, 8 * HOUR, "customer_hours")
            for priority in range(1, 5)
        ),
    )


def test_the_preview_shows_what_the_change_then_stores(house: House) -> None:
    ticket = received(house, SPRING)
    with at(SPRING + 2 * HOUR):
        shown = plan_change_queries.preview_plan_change(proposal(), ME)
        assert plan_change_queries.preview_plan_change(proposal(), ANONYMOUS).tickets == ()
    (line,) = shown.tickets
    assert (line.reference, line.follows, line.breaks) == (ticket.reference, True, False)
    (restore,) = [c for c in line.clocks if c.before == SPRING + 4 * HOUR]
    assert restore.after is not None
    sell_differently(SPRING + 2 * HOUR, SPRING)
    assert (restore.after + timedelta(seconds=30)).replace(second=0, microsecond=0) == due(ticket)


def test_the_api_shows_what_a_change_would_do_and_writes_nothing() -> None:
    with at(SPRING):
        personas = make_personas()
        with attributed(ME):
            service = make_service(personas.customer, "VPN-1")
        headers = {"Authorization": f"Bearer {personas.token('service_manager')}"}
    ticket = received_of(personas.customer, service, SPRING)
    with at(SPRING + 2 * HOUR):
        contract, api = Contract.objects.get(), Client(headers=headers)
        plan = SupportPlan.objects.get()
        version = {
            "starts": str(SPRING.date()),
            "stream": "solution",
            "coverage": "customer_hours",
            "matrix": MATRIX,
            "premium_matrix": MATRIX,
            "targets": [
                {
                    "measure": "restore",
                    "priority": priority,
                    "target_seconds": 8 * 3600,
                    "coverage": "customer_hours",
                }
                for priority in range(1, 5)
            ],
        }
        given = {
            "service_id": service.pk,
            "plan": plan.code,
            "starts": str(SPRING.date()),
        }
        shown = plan_change_queries.preview_plan_change(proposal(), ME)
        asked = {
            f"/api/v1/support-plans/{plan.code}/preview": version,
            f"/api/v1/contracts/{contract.pk}/plans/preview": given,
        }
        of_plan, of_service = (
            api.post(url, body, "application/json") for url, body in asked.items()
        )
    assert (of_plan.status_code, of_service.status_code) == (200, 200)
    (line,), (as_shown,) = of_plan.json()["tickets"], shown.tickets
    assert (line["reference"], line["follows"]) == (ticket.reference, True)
    (restore,) = [clock for clock in line["clocks"] if clock["measure"] == "restore"]
    (expected,) = [one for one in as_shown.clocks if one.code == "restore"]
    assert datetime.fromisoformat(restore["after"]) == expected.after
    assert of_service.json() == {"tickets": [], "looked_at": 1, "left_out": 0}
    assert due(ticket) == SPRING + 4 * HOUR


def test_the_preview_of_a_waiting_ticket_promises_no_time(house: House) -> None:
    ticket = received(house, SPRING)
    with at(SPRING + HOUR):
        pauses.pause_ticket(ticket, Pause.Kind.SUPPLIER, by=agent_of(house.agent), confirmed=True)
    with at(SPRING + 2 * HOUR):
        (line,) = plan_change_queries.preview_plan_change(proposal(), ME).tickets
    due_times = [(c.before, c.after) for c in line.clocks]
    assert (None, None) in due_times


def test_the_preview_keeps_what_a_request_was_promised_by_the_catalogue(house: House) -> None:
    ticket = received(house, SPRING)
    with attributed(ME):
        Ticket.objects.filter(pk=ticket.pk).update(
            promised_within=4 * HOUR, promised_coverage="always"
        )
        with at(SPRING + HOUR / 2):
            classifications.qualify_ticket(ticket, Kind.REQUEST, by=ME)
    assert Commitment.objects.get(measure="resolve").due_at == SPRING + 4 * HOUR
    with at(SPRING + HOUR):
        shown = plan_change_queries.preview_plan_change(proposal(), ME)
    assert all(c.after is None for line in shown.tickets for c in line.clocks)
