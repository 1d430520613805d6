"""Incidents that belong to no customer: their targets, and what stands in the customer's place."""

from datetime import timedelta

import pytest

from opale.kernel.actor import system
from opale.kernel.errors import Invalid, NotAllowed
from opale.run.desk.actions import desk_settings
from opale.run.desk.actions.classifications import ClassificationInput, classify_ticket
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Commitment, Grade, InternalTarget, Kind, Message, Source, Ticket
from opale.run.desk.queries.triage import proposals_of
from opale.run.desk.tests.builders import House, agent_of, make_house
from opale.run.desk.tests.catalogue import fresh

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def house(db: None) -> House:
    return make_house()


def outage(house: House, **more: object) -> Ticket:
    new: dict[str, object] = {
        "subject": "core-1 is down",
        "source": Source.EVENT,
        "kind": Kind.INCIDENT,
        "impact": Grade.HIGH,
        "urgency": Grade.HIGH,
    }
    return receive_ticket(NewTicket(**{**new, **more}), by=agent_of(house.agent))  # type: ignore[arg-type]  # as named


def targets(ticket: Ticket) -> dict[str, timedelta]:
    rows = Commitment.objects.filter(ticket=ticket, assignment=None).exclude(measure="triage")
    return {row.measure: row.target for row in rows}


def test_an_incident_of_the_core_network_keeps_the_targets_of_its_priority(house: House) -> None:
    ticket = outage(house)
    assert ticket.priority == 1
    assert targets(ticket) == {"acknowledge": 15 * MINUTE, "restore": 4 * HOUR}
    assert str(ticket.whose) == "Internal"
    by_hand = outage(house, source=Source.AGENT)
    assert targets(by_hand) == targets(ticket)


def test_an_unknown_sender_accepted_as_incident_keeps_clocks_and_stream(house: House) -> None:
    by = agent_of(house.agent)
    ticket = outage(
        house, source=Source.MAIL, kind=Kind.REQUEST, author="moi@example.com", stream="corporate"
    )
    assert targets(ticket) == {}
    assert str(ticket.whose) == "No customer"
    said = ClassificationInput.proposed(ticket, proposals_of(ticket, seen_by=by))
    classify_ticket(ticket, _as_incident(said), by=by)
    held = fresh(ticket)
    assert set(targets(held)) == {"acknowledge", "first_response", "restore"}
    assert (held.stream, str(held.whose)) == ("corporate", "Internal")


def test_what_an_agent_wrote_down_is_not_from_the_customer(house: House) -> None:
    told = {
        Source.AGENT: "Description",
        Source.EVENT: "Description",
        Source.PHONE: "From the requester",
    }
    for source, voice in told.items():
        ticket = outage(house, source=source, body="core-1 does not answer")
        assert str(Message.objects.get(ticket=ticket).voice) == voice
    theirs = outage(house, body="x", customer=house.customer, contact=house.contact)
    assert Message.objects.get(ticket=theirs).voice == ""


def _as_incident(said: ClassificationInput) -> ClassificationInput:
    named = {name: getattr(said, name) for name in ClassificationInput.__slots__}
    return ClassificationInput(**{**named, "kind": Kind.INCIDENT})


def test_a_customer_brings_its_plan_and_the_internal_targets_go(house: House) -> None:
    ticket, by = outage(house), agent_of(house.agent)
    said = ClassificationInput(
        kind=Kind.INCIDENT, impact=Grade.HIGH, urgency=Grade.HIGH, customer=house.customer
    )
    classify_ticket(ticket, said, by=by)
    theirs = outage(house, customer=house.customer)
    assert targets(fresh(ticket)) == targets(theirs)
    assert str(fresh(ticket).whose) == house.customer.name


def test_a_request_of_nobody_has_no_internal_targets(house: House) -> None:
    assert targets(outage(house, kind=Kind.REQUEST)) == {}


def test_targets_grow_and_are_set_by_who_administers_the_desk(house: House) -> None:
    target = InternalTarget.objects.get(priority=1)
    with pytest.raises(NotAllowed):
        desk_settings.edit_internal_target(target, by=agent_of(house.agent), restore=HOUR)
    by = system("test")
    with pytest.raises(Invalid):
        desk_settings.edit_internal_target(target, by=by, restore=MINUTE)
    desk_settings.edit_internal_target(target, by=by, restore=2 * HOUR)
    assert targets(outage(house))["restore"] == 2 * HOUR
