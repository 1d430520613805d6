"""What belongs to a ticket is registered once, by the room whose table it is.

Source: docs/howto/attach-records-to-tickets.md.
"""

from collections.abc import Sequence

import pytest
from django.apps import apps
from django.db.models import Model

from opale.kernel.errors import IllegalMove
from opale.run.desk import ports
from opale.run.desk.actions import classifications, lifecycle, merges, ownership, ticket_metadata
from opale.run.desk.actions.classifications import ClassificationInput
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.actions.ticket_locks import Refusals
from opale.run.desk.models import ExternalReference, Grade, Kind, Source, Ticket
from opale.run.desk.ports import Block, Moves, TicketRecord, TimelineEvent, ticket_records
from opale.run.desk.queries.timeline import ticket_timeline
from opale.run.desk.states import RESOLVE
from opale.run.desk.tests.builders import House, agent_of, make_house, make_ticket

TEMPLATE = "later/_reference.html"


def referring_models() -> set[type[Model]]:
    """Return the models with a column that leads to a ticket, former versions left out."""
    return {
        model
        for model in apps.get_models()
        if model is not Ticket
        and not hasattr(model, "pgh_tracked_model")
        and any(field.related_model is Ticket for field in model._meta.fields)
    }


def unregistered() -> set[type[Model]]:
    return referring_models() - {record.model for record in ticket_records()}


def test_every_table_that_refers_to_tickets_says_what_becomes_of_its_rows() -> None:
    assert len(referring_models()) >= 25
    assert unregistered() == set()


def test_a_table_that_nobody_registered_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    left = {model: one for model, one in ports._records.items() if model is not ExternalReference}
    monkeypatch.setattr(ports, "_records", left)
    assert unregistered() == {ExternalReference}


def test_columns_of_a_record_exist() -> None:
    for record in ticket_records():
        columns = {field.attname for field in record.model._meta.fields}
        assert {*record.leads} <= columns, record.model
        assert not record.follows_customer or {"ticket_id", "customer_id"} <= columns, record.model


@pytest.fixture
def house(db: None) -> House:
    return make_house()


def told(ticket: Ticket, newest: int) -> list[TimelineEvent]:
    rows = ExternalReference.objects.filter(ticket=ticket)[:newest]
    return [TimelineEvent(ticket.received_at, TEMPLATE, row, row.party) for row in rows]


def waiting(tickets: Sequence[Ticket]) -> dict[int, str]:
    rows = ExternalReference.objects.filter(ticket__in=tickets)
    return dict.fromkeys(rows.values_list("ticket_id", flat=True), "Orange has not answered.")


@pytest.fixture
def of_a_later_room(monkeypatch: pytest.MonkeyPatch) -> TicketRecord:
    """References of another party, as if a later room had brought them."""
    record = TicketRecord(
        model=ExternalReference,
        on_merge=Moves(("party", "number")),
        timeline=told,
        block=Block((RESOLVE,), waiting),
    )
    monkeypatch.setattr(ports, "_records", dict(ports._records))
    ports.register_ticket_record(record)
    return record


def test_a_record_of_a_later_room_is_told_by_the_timeline(
    house: House, of_a_later_room: TicketRecord
) -> None:
    ticket = referred(house, "GTR-1")
    entries, _more = ticket_timeline(ticket)
    told = [entry for entry in entries if entry.template == TEMPLATE]
    assert [(entry.row.number, entry.actor) for entry in told] == [("GTR-1", "Orange")]


def test_a_record_of_a_later_room_moves_with_a_merge_and_back(
    house: House, of_a_later_room: TicketRecord
) -> None:
    first, second, by = referred(house, "GTR-1", "GTR-2"), referred(house, "GTR-2"), house.agent
    (merge,) = merges.merge_tickets([first], second, by=agent_of(by))
    assert numbers(second) == ["GTR-1", "GTR-2"]
    assert numbers(first) == ["GTR-2"]  # the other one has it already
    merges.undo_merge(merge, by=agent_of(by))
    assert (numbers(first), numbers(second)) == (["GTR-1", "GTR-2"], ["GTR-2"])


def test_a_record_of_a_later_room_gets_the_customer_of_its_ticket(
    house: House, of_a_later_room: TicketRecord
) -> None:
    ticket = referred(house, "GTR-1", customer=False)
    found = ClassificationInput(
        kind=Kind.INCIDENT, impact=Grade.LOW, urgency=Grade.LOW, customer=house.customer
    )
    classifications.classify_ticket(ticket, found, by=agent_of(house.agent))
    assert ExternalReference.objects.get(ticket=ticket).customer == house.customer


def test_a_record_of_a_later_room_holds_back_the_end_of_its_ticket(
    house: House, of_a_later_room: TicketRecord
) -> None:
    waits, free, by = referred(house, "GTR-1"), make_ticket(house), agent_of(house.agent)
    ownership.take_ticket(free, by=by)
    with pytest.raises(IllegalMove, match="Orange has not answered"):
        lifecycle.resolve_ticket(waits, by=by)
    refused = Refusals()
    assert lifecycle.resolve_tickets([waits, free], by=by, refused=refused) == [free.pk]
    assert "Orange" in str(refused[waits.pk])


def referred(house: House, *numbers: str, customer: bool = True) -> Ticket:
    by = agent_of(house.agent)
    new = NewTicket(subject="Panne", body="Plus rien.", source=Source.MAIL)
    ticket = make_ticket(house) if customer else receive_ticket(new, by=by)
    ownership.take_ticket(ticket, by=by)
    for number in numbers:
        ticket_metadata.add_reference(ticket, party="Orange", number=number, by=by)
    return ticket


def numbers(ticket: Ticket) -> list[str]:
    rows = ExternalReference.objects.filter(ticket=ticket)
    return list(rows.order_by("number").values_list("number", flat=True))
