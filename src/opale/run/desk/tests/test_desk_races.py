"""Two who restore, split, merge or classify the same ticket at the same moment."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event

import pytest
from django.db import transaction

from opale.customers.facts import PlanVersionStarted
from opale.customers.models import SupportPlanVersion
from opale.kernel.actor import system
from opale.kernel.errors import Conflict, IllegalMove
from opale.kernel.tests.concurrency import at_once, wait_for_a_waiter
from opale.run.desk.actions import (
    classifications,
    lifecycle,
    merges,
    messages,
    plan_changes,
    splits,
)
from opale.run.desk.actions.classifications import grade_tickets
from opale.run.desk.models import Grade, Kind, Message, Ticket, TicketLink
from opale.run.desk.tests.builders import agent_of, make_house, make_ticket, minutes_ago

races = pytest.mark.django_db(transaction=True)


def note(ticket: Ticket, body: str, person: object) -> Message:
    return messages.write_note(ticket, body, by=agent_of(person))  # type: ignore[arg-type]  # a person


@races
def test_of_two_who_restore_at_once_the_second_is_told_who_was_faster() -> None:
    house = make_house()
    ticket = make_ticket(house, at=minutes_ago(60))
    early, late = minutes_ago(30), minutes_ago(10)
    one, two = agent_of(house.agent), agent_of(house.other)
    results = at_once(
        lambda: lifecycle.restore_service(ticket, by=one, at=early),
        lambda: lifecycle.restore_service(ticket, by=two, at=late),
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Ticket"]
    first = isinstance(results[0], Ticket)
    refusal = results[1 if first else 0]
    assert isinstance(refusal, Conflict)
    assert (one if first else two).name in str(refusal.sentence)
    assert Ticket.objects.get().restored_at == (early if first else late)


@pytest.mark.django_db
def test_a_wrong_restoration_is_withdrawn_before_it_is_said_better() -> None:
    house = make_house()
    by = agent_of(house.agent)
    ticket = make_ticket(house, at=datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
    lifecycle.restore_service(ticket, by=by, at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    with pytest.raises(Conflict, match=r"Léa Morel.*9:00"):
        lifecycle.restore_service(ticket, by=by, at=minutes_ago(1))
    lifecycle.withdraw_restoration(ticket, by=by)
    later = minutes_ago(5)
    assert lifecycle.restore_service(ticket, by=by, at=later).restored_at == later


@races
def test_of_two_who_split_off_the_same_message_one_gets_it() -> None:
    house = make_house()
    ticket = make_ticket(house)
    message = note(ticket, "DNS", house.agent)
    results = at_once(
        lambda: splits.split_ticket(ticket, [message], by=agent_of(house.agent)),
        lambda: splits.split_ticket(ticket, [message], by=agent_of(house.other)),
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Ticket"]
    assert TicketLink.objects.count() == 1
    (new,) = [result for result in results if isinstance(result, Ticket)]
    assert Message.objects.get(pk=message.pk).ticket_id == new.pk
    assert Ticket.objects.count() == 2


@races
def test_a_split_and_a_merge_at_once_lose_no_message() -> None:
    house = make_house()
    ticket, other = make_ticket(house), make_ticket(house)
    message = note(ticket, "DNS", house.agent)
    split, merged = at_once(
        lambda: splits.split_ticket(ticket, [message], by=agent_of(house.agent)),
        lambda: merges.merge_tickets([ticket], other, by=agent_of(house.other)),
    )
    assert isinstance(merged, list)
    held = Message.objects.get(pk=message.pk)
    if isinstance(split, Ticket):
        assert held.ticket_id == split.pk
    else:
        assert isinstance(split, Conflict | IllegalMove)
        assert held.ticket_id == other.pk
    assert Message.objects.filter(ticket=ticket).count() == 0
    assert Message.objects.count() == 3


def plan_follows(ticket: Ticket) -> None:
    """The plan of the ticket is sold differently from today on."""
    version = SupportPlanVersion.objects.get()
    starts = ticket.received_at.date()
    fact = PlanVersionStarted(version_id=version.pk, plan_id=version.plan_id, starts=starts)
    plan_changes.apply_plan_version(fact, system("test"))


def qualified(ticket: Ticket) -> None:
    classifications.qualify_ticket(ticket, Kind.REQUEST, by=system("test"))


@races
@pytest.mark.parametrize("other", [qualified, plan_follows], ids=["qualified", "plan follows"])
def test_what_one_says_of_a_ticket_stays_though_another_says_something_else_of_it_at_once(
    other: Callable[[Ticket], None],
) -> None:
    house, held = make_house(), Event()
    ticket = make_ticket(house)

    def grade() -> None:
        with transaction.atomic():
            grade_tickets([ticket], impact=Grade.LOW, by=agent_of(house.agent))
            held.set()
            wait_for_a_waiter()

    def come_second() -> None:
        assert held.wait(20)
        other(ticket)

    assert at_once(grade, come_second) == [None, None]
    ticket.refresh_from_db()
    assert ticket.impact == Grade.LOW
    assert ticket.kind == (Kind.REQUEST if other is qualified else Kind.INCIDENT)
