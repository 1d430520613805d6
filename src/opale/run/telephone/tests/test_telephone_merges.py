"""Calls of tickets that are merged, and of merges that are undone."""

import pytest

from opale.kernel.actor import system
from opale.kernel.clock import now
from opale.run.desk.actions.merges import merge_tickets, undo_merge
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.facts import MergeUndone, TicketsMerged
from opale.run.desk.models import Source, Ticket
from opale.run.desk.queries.timeline import ticket_timeline
from opale.run.desk.tests.builders import House, make_house
from opale.run.telephone.actions import merges, tickets
from opale.run.telephone.models import Call
from opale.run.telephone.tests.builders import (
    ANSWER,
    HANGUP,
    agent_of,
    make_line,
    signal,
    told,
)

pytestmark = pytest.mark.django_db
HOUSE = system("test")


@pytest.fixture
def house() -> House:
    house = make_house()
    make_line(house.agent, "102")
    return house


def ticket_of(house: House, subject: str) -> Ticket:
    new = NewTicket(subject=subject, source=Source.PHONE, customer=house.customer)
    return receive_ticket(new, by=HOUSE)


def call_on(ticket: Ticket, house: House, call_id: str = "1") -> Call:
    call = told(signal(ANSWER, call_id, answering="102"), signal(HANGUP, call_id))
    tickets.link_call_to_ticket(call, ticket, by=agent_of(house.agent))
    return call


def merge(ticket: Ticket, into: Ticket) -> TicketsMerged:
    merge_tickets([Ticket.objects.get(pk=ticket.pk)], into, by=HOUSE)
    return TicketsMerged(into_id=into.pk, ticket_ids=(ticket.pk,), at=now())


def undo(ticket: Ticket) -> MergeUndone:
    told = ticket.merges.order_by("-pk")[0]
    undo_merge(told, by=HOUSE)
    return MergeUndone(ticket_id=ticket.pk, into_id=told.into_id, at=now())


def calls_told(ticket: Ticket) -> list[int]:
    entries, _older = ticket_timeline(Ticket.objects.get(pk=ticket.pk))
    return [entry.row.pk for entry in entries if isinstance(entry.row, Call)]


def test_a_call_goes_on_with_the_ticket_and_comes_back_with_it(house: House) -> None:
    first, second = ticket_of(house, "A"), ticket_of(house, "B")
    call = call_on(first, house)
    merged = merge(first, second)
    for _said_twice in range(2):
        merges.move_calls_of_merge(merged, HOUSE)
    assert (calls_told(first), calls_told(second)) == ([], [call.pk])
    own = call_on(second, house, "2")
    undone = undo(first)
    for _said_twice in range(2):
        merges.move_calls_back(undone, HOUSE)
    assert (calls_told(first), calls_told(second)) == ([call.pk], [own.pk])
    call.refresh_from_db()
    assert call.trail == []


def test_a_merge_in_the_middle_of_a_chain_is_undone(house: House) -> None:
    first, second, third = (ticket_of(house, name) for name in "ABC")
    call = call_on(first, house)
    facts = [merge(first, second), merge(second, third)]
    # Both are done before either is heard of.
    for fact in facts:
        merges.move_calls_of_merge(fact, HOUSE)
    assert calls_told(third) == [call.pk]
    merges.move_calls_back(undo(second), HOUSE)
    assert (calls_told(second), calls_told(third)) == ([call.pk], [])
    merges.move_calls_back(undo(first), HOUSE)
    assert (calls_told(first), calls_told(second)) == ([call.pk], [])


def test_what_is_heard_in_another_order_ends_where_the_ticket_is(house: House) -> None:
    first, second, third = (ticket_of(house, name) for name in "ABC")
    call = call_on(first, house)
    merges.move_calls_of_merge(merge(first, second), HOUSE)
    undone, again = undo(first), merge(first, third)
    merges.move_calls_of_merge(again, HOUSE)
    merges.move_calls_back(undone, HOUSE)
    assert (calls_told(second), calls_told(third)) == ([], [call.pk])
