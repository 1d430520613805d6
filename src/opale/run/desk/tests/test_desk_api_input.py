"""What the desk's endpoints are given: what cannot be kept is refused with a sentence, never a
failure."""

import json
from typing import Any

import pytest
from tests.personas import Personas

from opale.infrastructure.models import Supplier
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.run.desk.actions import assignments, links, messages, ticket_creation
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import ExternalReference, Kind, Message, Source, Ticket, TicketLink
from opale.run.desk.tests.builders import agent_of

pytestmark = pytest.mark.django_db
NAIVE, AWARE = "2026-01-05T10:00:00", "2026-01-05T10:00:00+01:00"
FAR = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-11-25T14:30:00+18:40")


@pytest.fixture
def ticket(personas: Personas) -> Ticket:
    return make(personas)


def make(personas: Personas, subject: str = "Lien coupé") -> Ticket:
    return ticket_creation.receive_ticket(
        NewTicket(
            subject=subject,
            source=Source.MAIL,
            kind=Kind.INCIDENT,
            customer=personas.customer,
            contact=personas.contact,
        ),
        by=agent_of(personas.people["desk_agent"]),
    )


def send(personas: Personas, path: str, body: Any, verb: str = "post") -> tuple[int, Any]:
    text = body if isinstance(body, str) else json.dumps(body)
    client = personas.client("desk_agent")
    answer = getattr(client, verb)(f"/api/v1/{path}", text, "application/json")
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("restoration", {"at": NAIVE}, "at"),
        ("pause", {"kind": "supplier", "starts": NAIVE}, "starts"),
        ("pause", {"kind": "agreed_date", "until": NAIVE}, "until"),
        ("pauses", {"kind": "supplier", "starts": NAIVE, "ends": AWARE}, "starts"),
        ("time", {"starts": NAIVE, "ends": AWARE}, "starts"),
        ("messages", {"body": "x", "next_update_at": NAIVE}, "next_update_at"),
        ("outage", {"since": NAIVE}, "since"),
        ("interventions", {"agreed_by_id": 1, "price": "9", "ends": NAIVE}, "ends"),
        ("family/restore", {"tickets": [], "at": NAIVE}, "at"),
    ],
)
def test_a_moment_without_its_zone_is_refused_in_a_sentence(
    personas: Personas, ticket: Ticket, path: str, body: dict[str, Any], field: str
) -> None:
    status, told = send(personas, f"tickets/{ticket.number}/{path}", body)
    assert (status, told["fields"]) == (
        422,
        {field: "Include the time zone, as in 2026-11-25T14:30:00+01:00."},
    )


def test_a_promise_of_a_supplier_without_its_zone_is_refused(
    personas: Personas, ticket: Ticket
) -> None:
    with attributed(system("test")):
        carrier = Supplier.objects.create(name="Armor", kind="carrier", language="fr")
    agent = agent_of(personas.people["desk_agent"])
    asked = assignments.request_work(ticket, assignments.WorkRequest(supplier=carrier), by=agent)
    for path in ("acceptance", "reference"):
        status, told = send(personas, f"assignments/{asked.pk}/{path}", {"promised_at": NAIVE})
        assert (status, set(told["fields"])) == (422, {"promised_at"})


@pytest.mark.parametrize("at", FAR)
def test_a_moment_at_the_end_of_time_is_refused(
    personas: Personas, ticket: Ticket, at: str
) -> None:
    status, told = send(personas, f"tickets/{ticket.number}/outage", {"since": at})
    assert (status, set(told["fields"])) == (422, {"since"})


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("references", {"party": "x" * 101, "number": "1"}, "party"),
        ("references", {"party": "x", "number": "1" * 61}, "number"),
        ("references", {"party": "x", "number": "1", "url": "https://a.b/" + "x" * 500}, "url"),
        ("pause", {"kind": "supplier", "reason": "x" * 301}, "reason"),
        ("pauses", {"kind": "supplier", "starts": AWARE, "reason": "x" * 301}, "reason"),
        ("classification", {"reason": "x" * 301}, "reason"),
        ("time", {"starts": AWARE, "ends": AWARE, "note": "x" * 301}, "note"),
        ("interventions", {"agreed_by_id": 1, "price": "99999999999.00"}, "price"),
        ("interventions", {"agreed_by_id": 1, "price": "1", "currency": "EURO"}, "currency"),
        ("approvals/decision", {"decision": "granted", "reason": "x" * 301}, "reason"),
        ("splits", {"message_ids": [1], "subject": "x" * 301}, "subject"),
    ],
)
def test_a_text_that_does_not_fit_is_refused(
    personas: Personas, ticket: Ticket, path: str, body: dict[str, Any], field: str
) -> None:
    status, told = send(personas, f"tickets/{ticket.number}/{path}", body)
    assert (status, set(told["fields"])) == (422, {field})


def test_a_subject_that_does_not_fit_opens_nothing(personas: Personas) -> None:
    status, told = send(personas, "tickets", {"subject": "x" * 301})
    assert (status, set(told["fields"])) == (422, {"subject"})


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("notes", '{"body": "a\\u0000b"}'),
        ("notes", '{"body": "a\x00b"}'),
        ("pause", '{"kind": "supplier", "reason": "\\u0000"}'),
        ("tags", '{"tags": ["\\u0000"]}'),
    ],
)
def test_a_text_with_a_character_that_cannot_be_kept_is_refused(
    personas: Personas, ticket: Ticket, path: str, body: str
) -> None:
    verb = "put" if path == "tags" else "post"
    assert send(personas, f"tickets/{ticket.number}/{path}", body, verb)[0] in (400, 422)


@pytest.mark.parametrize(
    "path",
    ["request-types/a%00b", "services/a%00b/availability", "tickets?q=%00", "desk/streams/%00"],
)
def test_an_address_with_a_character_that_cannot_be_kept_is_no_failure(
    personas: Personas, path: str
) -> None:
    client = personas.client("service_manager")
    verb = "patch" if "streams" in path else "get"
    answer = getattr(client, verb)(f"/api/v1/{path}", content_type="application/json")
    assert answer.status_code in (400, 404, 422)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://a.example/x", "a.example", "//x.y"])
def test_the_address_of_a_reference_is_one_of_the_web(
    personas: Personas, ticket: Ticket, url: str
) -> None:
    path, said = f"tickets/{ticket.number}/references", {"party": "Armor", "number": "4711"}
    status, told = send(personas, path, said | {"url": url})
    assert (status, set(told["fields"])) == (422, {"url"})
    assert not ExternalReference.objects.exists()
    status, told = send(personas, path, said | {"url": "https://armor.example/4711"})
    assert (status, told["url"]) == (201, "https://armor.example/4711")


@pytest.mark.parametrize("field", ["to", "cc"])
@pytest.mark.parametrize("address", ["notanaddress", "a@b.example\nBcc: c@d.example", ""])
def test_a_message_goes_to_mail_addresses_only(
    personas: Personas, ticket: Ticket, field: str, address: str
) -> None:
    body = {"body": "Bonjour", field: [address]}
    status, told = send(personas, f"tickets/{ticket.number}/messages", body)
    assert (status, set(told["fields"])) == (422, {f"{field}.0"})
    assert not Message.objects.exists()


def test_what_a_family_is_shown_is_given_back_with_the_act(
    personas: Personas, ticket: Ticket
) -> None:
    child, by = make(personas, "Site injoignable"), agent_of(personas.people["desk_agent"])
    links.link_tickets(child, TicketLink.Kind.CHILD_OF, ticket, by=by)
    path = f"tickets/{ticket.number}/family/resolve"
    shown = personas.client("desk_agent").get(f"/api/v1/{path}").json()
    chosen = [{"number": one["number"], "seen": one["seen"]} for one in shown]
    assert {one["number"] for one in chosen} == {ticket.number, child.number}
    messages.write_note(child, "Vu.", by=by)
    status, told = send(personas, path, {"tickets": chosen, "cause": "Fibre"})
    assert (status, told["code"]) == (409, "conflict")
    assert not Ticket.objects.filter(state="resolved").exists()
    shown = personas.client("desk_agent").get(f"/api/v1/{path}").json()
    chosen = [{"number": one["number"], "seen": one["seen"]} for one in shown]
    status, told = send(personas, path, {"tickets": chosen, "cause": "Fibre"})
    assert (status, set(told)) == (200, {ticket.number, child.number})
    assert Ticket.objects.filter(state="resolved", cause="Fibre").count() == 2
