"""The installation's own fields of tickets, on their pages, in the API and at the requester."""

from typing import Any

import pytest
from django.urls import reverse
from tests.personas import Personas, make_personas

from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid, NotAllowed
from opale.organisation.queries.identity import actor_of
from opale.run.desk.actions.lifecycle import resolve_ticket, resolve_tickets
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.actions.ticket_fields import (
    create_ticket_field,
    edit_ticket_field,
    set_ticket_fields,
)
from opale.run.desk.actions.ticket_locks import Refusals
from opale.run.desk.models import Kind, Source, Ticket, TicketField
from opale.run.desk.queries.ticket_fields import (
    asked_at_ending,
    fields_of,
    values_for_requester,
    values_of,
)

OPTIONS: list[Any] = [
    {"value": "hardware", "label_en": "Hardware", "label_fr": "Matériel"},
    {"value": "carrier", "label_en": "Carrier", "label_fr": "Opérateur"},
]


@pytest.fixture
def house(db: None) -> Personas:
    return make_personas()


@pytest.fixture
def lead(house: Personas) -> Actor:
    return actor_of(house.users["administrator"])


@pytest.fixture
def agent(house: Personas) -> Actor:
    return actor_of(house.users["desk_agent"])


@pytest.fixture
def code(lead: Actor) -> TicketField:
    return create_ticket_field(
        name="closing_code", kind="choice", label_en="Closing code", label_fr="Code de clôture",
        options=OPTIONS, ticket_kinds=["incident"], asked="ending", required=True, by=lead,
    )  # fmt: skip


@pytest.fixture
def incident(house: Personas, agent: Actor) -> Ticket:
    return receive_ticket(
        NewTicket(
            subject="Link down", source=Source.PHONE, kind=Kind.INCIDENT, customer=house.customer,
            contact=house.contact,
        ),
        by=agent,
    )  # fmt: skip


def test_a_field_is_of_its_kinds_of_ticket(
    code: TicketField, incident: Ticket, lead: Actor
) -> None:
    assert fields_of(incident) == [code]
    assert asked_at_ending(incident) == [code]
    edit_ticket_field(code, ticket_kinds=["request"], by=lead)
    assert fields_of(incident) == []


def test_values_are_checked_and_said_in_words(
    code: TicketField, incident: Ticket, agent: Actor
) -> None:
    with pytest.raises(Invalid) as refused:
        set_ticket_fields(incident, {"closing_code": "moon"}, by=agent)
    assert refused.value.fields == {"closing_code": "Choose one of the options."}
    with pytest.raises(Invalid):
        set_ticket_fields(incident, {"other": "x"}, by=agent)
    kept = set_ticket_fields(incident, {"closing_code": "carrier"}, by=agent)
    assert kept.field_values == {"closing_code": "carrier"}
    assert [(one.label, one.text) for one in values_of(kept)] == [("Closing code", "Carrier")]
    assert set_ticket_fields(kept, {"closing_code": ""}, by=agent).field_values == {}


def test_a_value_that_is_not_named_stays(incident: Ticket, lead: Actor, agent: Actor) -> None:
    for name in ("room", "rack"):
        create_ticket_field(name=name, kind="text", label_en=name, label_fr=name, by=lead)
    set_ticket_fields(incident, {"room": "B"}, by=agent)
    kept = set_ticket_fields(incident, {"rack": "12"}, by=agent)
    assert kept.field_values == {"room": "B", "rack": "12"}


def test_archived_fields_stay_where_they_have_a_value(
    code: TicketField, incident: Ticket, lead: Actor, agent: Actor
) -> None:
    held = set_ticket_fields(incident, {"closing_code": "carrier"}, by=agent)
    edit_ticket_field(code, retired_on=held.received_at.date(), by=lead)
    assert [one.text for one in values_of(held)] == ["Carrier"]
    assert asked_at_ending(held) == []


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": "Closing code"}, "name"),
        ({"label_fr": " "}, "label_fr"),
        ({"options": OPTIONS[:1]}, "options"),
        ({"options": [*OPTIONS, OPTIONS[0]]}, "options"),
        ({"kind": "text"}, "options"),
        ({"kind": "service", "options": []}, "kind"),
        ({"asked": "any_time", "required": True}, "required"),
        ({"ticket_kinds": ["poem"]}, "ticket_kinds"),
    ],
)
def test_a_faulty_field_is_refused(lead: Actor, said: dict[str, Any], field: str) -> None:
    whole: dict[str, Any] = {
        "name": "x", "kind": "choice", "label_en": "X", "label_fr": "X", "options": OPTIONS,
    }  # fmt: skip
    with pytest.raises(Invalid) as refused:
        create_ticket_field(**whole | said, by=lead)
    assert field in refused.value.fields


def test_a_field_keeps_its_name_and_kind(code: TicketField, lead: Actor) -> None:
    for said in ({"name": "other"}, {"kind": "text"}):
        with pytest.raises(Invalid):
            edit_ticket_field(code, **said, by=lead)  # type: ignore[arg-type]
    with pytest.raises(Invalid) as refused:
        create_ticket_field(name="closing_code", kind="text", label_en="X", label_fr="X", by=lead)
    assert refused.value.fields == {"name": "Another field already has this name."}


def test_agents_fill_in_fields_and_leads_make_them(
    house: Personas, code: TicketField, incident: Ticket, agent: Actor
) -> None:
    with pytest.raises(NotAllowed):
        create_ticket_field(name="y", kind="text", label_en="Y", label_fr="Y", by=agent)
    client = house.client("desk_agent")
    address = reverse("desk_set_ticket_fields", args=[incident.number])
    page = client.get(address).content.decode()
    assert 'name="values-closing_code"' in page
    refused = client.post(address, {"values-closing_code": "moon"})
    assert refused.status_code == 422
    assert client.post(address, {"values-closing_code": "hardware"}).status_code == 302
    incident.refresh_from_db()
    assert incident.field_values == {"closing_code": "hardware"}
    shown = client.get(reverse("desk_ticket_side", args=[incident.number])).content.decode()
    assert "Closing code" in shown
    assert "Hardware" in shown


def test_dates_are_typed_as_people_say_them(house: Personas, incident: Ticket, lead: Actor) -> None:
    create_ticket_field(name="visit", kind="date", label_en="Visit", label_fr="Visite", by=lead)
    client = house.client("desk_agent")
    address = reverse("desk_set_ticket_fields", args=[incident.number])
    assert client.post(address, {"values-visit": "17/12/2026"}).status_code == 302
    incident.refresh_from_db()
    assert incident.field_values == {"visit": "2026-12-17"}
    assert "2026" in client.get(address).content.decode()
    wrong = client.post(address, {"values-visit": "never"})
    assert wrong.status_code == 422
    assert "never" in wrong.content.decode()


def test_the_requester_reads_what_is_shown_to_it(
    house: Personas, incident: Ticket, lead: Actor, agent: Actor
) -> None:
    for name, shown in (("room", True), ("secret", False)):
        create_ticket_field(
            name=name, kind="text", label_en=name, label_fr=name, shown_to_requester=shown, by=lead
        )
    held = set_ticket_fields(incident, {"room": "B", "secret": "s3"}, by=agent)
    assert [one.text for one in values_for_requester(held)] == ["B"]
    page = house.client("customer_contact").get(reverse("desk_own", args=[incident.number]))
    assert "s3" not in page.content.decode()


def test_a_required_field_is_filled_in_before_the_ticket_is_resolved(
    code: TicketField, incident: Ticket, agent: Actor, lead: Actor
) -> None:
    with pytest.raises(Invalid, match="Fill in before resolving, under Fields: Closing code"):
        resolve_ticket(incident, by=agent)
    set_ticket_fields(incident, {"closing_code": "carrier"}, by=agent)
    resolve_ticket(incident, by=agent)
    other = receive_ticket(NewTicket(subject="x", source=Source.PHONE, kind=Kind.REQUEST), by=agent)
    resolve_ticket(other, by=agent)


def test_many_are_resolved_but_those_without_a_required_field(
    code: TicketField, incident: Ticket, agent: Actor
) -> None:
    other = receive_ticket(NewTicket(subject="x", source=Source.PHONE, kind=Kind.REQUEST), by=agent)
    refused = Refusals()
    resolve_tickets([incident, other], by=agent, refused=refused)
    assert list(refused) == [incident.pk]
    other.refresh_from_db()
    assert other.state == "resolved"


def test_the_panel_of_resolving_asks_what_is_required_then(
    house: Personas, code: TicketField, incident: Ticket
) -> None:
    client = house.client("desk_agent")
    address = reverse("desk_resolve_ticket", args=[incident.number])
    assert 'name="values-closing_code"' in client.get(address).content.decode()
    said = {"outage": "not_down", "silent": "1"}
    refused = client.post(address, said | {"values-closing_code": ""})
    assert refused.status_code == 422
    assert client.post(address, said | {"values-closing_code": "carrier"}).status_code == 302
    incident.refresh_from_db()
    assert (incident.state, incident.field_values) == ("resolved", {"closing_code": "carrier"})
