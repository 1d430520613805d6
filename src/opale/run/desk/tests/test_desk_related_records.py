"""Which kinds of records hang on a ticket."""

from typing import Any

import pytest

from opale.run.desk.actions import ownership, pauses
from opale.run.desk.models import MessageMove, Pause, Ticket, TicketAlert
from opale.run.desk.queries.related_records import has, rare_records
from opale.run.desk.tests.builders import agent_of, make_house, make_ticket


@pytest.mark.django_db
def test_all_kinds_are_asked_for_in_one_statement(django_assert_num_queries: Any) -> None:
    house = make_house()
    ticket = make_ticket(house)
    ownership.take_ticket(ticket, by=agent_of(house.agent))
    pauses.pause_ticket(
        ticket, Pause.Kind.SUPPLIER, by=agent_of(house.agent), reason="Orange", confirmed=True
    )
    read = Ticket.objects.get(pk=ticket.pk)
    with django_assert_num_queries(1):
        assert {one.model for one in rare_records() if has(read, one.model)} == {Pause}


@pytest.mark.django_db
def test_an_object_that_is_read_later_knows_what_has_come_since() -> None:
    house = make_house()
    ticket = make_ticket(house)
    before = Ticket.objects.get(pk=ticket.pk)
    assert not has(before, Pause)
    ownership.take_ticket(ticket, by=agent_of(house.agent))
    pauses.pause_ticket(
        ticket, Pause.Kind.SUPPLIER, by=agent_of(house.agent), reason="Orange", confirmed=True
    )
    after = Ticket.objects.get(pk=ticket.pk)
    assert has(after, Pause)
    assert not has(after, TicketAlert)
    assert not has(after, MessageMove)
