"""Requests by the API: at the desk for others, for oneself by token, under the portal role."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.customers.models import Contact
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.run.desk.actions import ticket_creation
from opale.run.desk.models import RequestDetails, Ticket
from opale.run.desk.tests.builders import make_service
from opale.run.desk.tests.catalogue import load

ZONE = {"zone": "acme.example", "managed": True, "action": "add", "record": "w", "type": "A"}


@pytest.fixture
def personas(db: None) -> Personas:
    house = make_personas()
    load()
    make_service(house.customer, "VPN-1")
    return house


def call(
    personas: Personas, who: str, verb: str, path: str, body: Any = None, **headers: str
) -> tuple[int, Any]:
    token = personas.token(who)
    answer = getattr(Client(), verb)(
        f"/api/v1/{path}",
        **({"data": json.dumps(body), "content_type": "application/json"} if body else {}),
        headers={"Authorization": f"Bearer {token}"} | headers,
    )
    return answer.status_code, answer.json() if answer.content else None


def may(personas: Personas, **held: bool) -> None:
    with attributed(system("test")):
        Contact.objects.filter(pk=personas.contact.pk).update(**held)


def test_a_contact_asks_by_token_and_reads_what_it_asked(personas: Personas) -> None:
    body = {"type": "quote", "values": {"wish": "vpn"}, "body": "Merci !"}
    status, told = call(personas, "customer_contact", "post", "requests", body)
    assert (status, told["details"]["route"]) == (201, "order")
    assert told["ticket"]["contact_id"] == personas.contact.pk
    number = told["ticket"]["number"]
    assert call(personas, "customer_contact", "get", f"tickets/{number}/request")[1] == told
    assert call(personas, "foreign_contact", "get", f"tickets/{number}/request")[0] == 404
    assert call(personas, "foreign_contact", "get", f"tickets/{number}/approvals")[0] == 404


def test_a_contact_finds_its_own_catalogue_and_tries_the_rule_before_asking(
    personas: Personas,
) -> None:
    _status, types = call(personas, "customer_contact", "get", "request-types")
    codes = {one["code"] for one in types}
    assert "vpn-site" in codes
    assert not codes & {"equipment", "firewall-rule"}
    assert call(personas, "customer_contact", "get", "request-types/equipment")[0] == 404
    status, tried = call(
        personas, "customer_contact", "post", "request-types/dns-change/route",
        {"values": {"managed": True}},
    )  # fmt: skip
    assert (status, tried["route"], tried["tried"][0]["conditions"][0]["holds"]) == (
        200,
        "change",
        True,
    )
    assert not Ticket.objects.exists()


def test_each_field_that_cannot_be_accepted_is_named(personas: Personas) -> None:
    body = {"type": "dns-change", "values": {"zone": "", "managed": "perhaps", "x": 1}}
    status, told = call(personas, "customer_contact", "post", "requests", body)
    assert (status, told["code"]) == (422, "invalid")
    assert set(told["fields"]) == {"zone", "managed", "action", "record", "type", "x"}


def test_a_contact_without_the_authority_is_recorded_and_another_decides(
    personas: Personas,
) -> None:
    body = {"type": "dns-change", "values": ZONE}
    _status, told = call(personas, "customer_contact", "post", "requests", body)
    (approval,) = told["approvals"]
    assert (approval["authority"], approval["state"]) == ("order", "asked")
    path = f"tickets/{told['ticket']['number']}/approvals/decision"
    granted = {"decision": "granted"}
    assert call(personas, "foreign_contact", "post", path, granted)[0] == 404
    status, refusal = call(personas, "customer_contact", "post", path, granted)
    assert (status, refusal["code"]) == (403, "not_allowed")
    may(personas, may_order=True)
    status, approvals = call(personas, "customer_contact", "post", path, granted)
    assert (status, approvals[0]["state"], approvals[0]["by_telephone"]) == (200, "granted", False)
    status, again = call(personas, "customer_contact", "post", path, granted)
    assert (status, again["code"]) == (409, "conflict")
    assert "Contact Acme" in again["detail"]


def test_an_agent_records_what_was_asked_and_said_on_the_telephone(personas: Personas) -> None:
    body = {"type": "dns-change", "values": ZONE, "contact_id": personas.contact.pk}
    status, told = call(personas, "desk_agent", "post", "requests", body)
    assert status == 201
    number = told["ticket"]["number"]
    path = f"tickets/{number}/approvals/decision"
    heard = {"decision": "granted", "contact_id": personas.contact.pk}
    assert call(personas, "desk_agent", "post", path, {"decision": "granted"})[0] == 422
    assert call(personas, "desk_agent", "post", path, heard)[0] == 403
    may(personas, may_order=True)
    status, approvals = call(personas, "desk_agent", "post", path, heard)
    assert (status, approvals[0]["by_telephone"]) == (200, True)


def test_employees_ask_for_themselves_and_only_the_desk_for_others(personas: Personas) -> None:
    body: dict[str, Any] = {"type": "telephony", "values": {"what": "line"}}
    status, told = call(personas, "employee", "post", "requests", body)
    assert (status, told["ticket"]["customer_id"]) == (201, None)
    assert call(personas, "employee", "get", f"tickets/{told['ticket']['number']}")[0] == 200
    assert call(personas, "build_engineer", "post", "requests", {"type": "quote"})[0] == 422
    for_other = body | {"employee_id": personas.people["employee"].pk}
    assert call(personas, "provisioner", "post", "requests", for_other)[0] == 403
    assert call(personas, "desk_agent", "post", "requests", for_other)[0] == 201


def test_a_key_makes_one_request_of_two_calls(personas: Personas) -> None:
    body = {"type": "quote", "values": {"wish": "vpn"}}
    token = personas.token("customer_contact")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k1"}
    answers = [
        Client().post("/api/v1/requests", body, content_type="application/json", headers=headers)
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert Ticket.objects.count() == 1


def test_the_route_is_explained_and_overridden_for_a_chosen_reason(personas: Personas) -> None:
    body = {"type": "dns-change", "values": ZONE, "contact_id": personas.contact.pk}
    _status, told = call(personas, "desk_agent", "post", "requests", body)
    path = f"tickets/{told['ticket']['number']}/route"
    status, route = call(personas, "desk_agent", "get", path)
    condition = route["tried"][0]["conditions"][0]
    assert (condition["subject"], condition["wanted"], condition["found"]) == (
        "managed", True, True,
    )  # fmt: skip
    assert call(personas, "desk_agent", "post", path, {"route": "order", "reason": "no"})[0] == 422
    other = {"route": "order", "reason": "needs_project"}
    status, route = call(personas, "desk_agent", "post", path, other)
    assert (status, route["route"], route["ruled"], route["override"]) == (
        200, "order", "change", "needs_project",
    )  # fmt: skip
    assert call(personas, "build_engineer", "post", path, other)[0] == 403


def test_the_catalogue_is_edited_by_who_may(personas: Personas) -> None:
    field = {"name": "size", "kind": "number", "label_en": "Size", "label_fr": "Taille"}
    body = {"name_en": "More disk", "name_fr": "Plus de disque", "fields": [field]}
    assert call(personas, "desk_agent", "post", "request-types", body)[0] == 403
    status, made = call(personas, "service_manager", "post", "request-types", body)
    assert (status, made["code"]) == (201, "more-disk")
    assert call(personas, "service_manager", "post", "request-types", body)[0] == 409
    wrong = {"fields": [field | {"kind": "colour"}, field], "routes": [{"route": "mars"}]}
    status, told = call(personas, "service_manager", "patch", "request-types/more-disk", wrong)
    assert (status, set(told["fields"])) == (422, {"fields", "routes"})
    retired = {"retired": True}
    status, told = call(personas, "service_manager", "patch", "request-types/more-disk", retired)
    assert (status, told["retired"], told["fields"]) == (200, True, [field])
    listed = call(personas, "desk_agent", "get", "request-types")[1]
    assert "more-disk" not in {one["code"] for one in listed}


def test_a_request_is_revised_and_refused_by_the_desk(personas: Personas) -> None:
    may(personas, may_order=True)
    body = {"type": "dns-change", "values": ZONE, "contact_id": personas.contact.pk}
    number = call(personas, "desk_agent", "post", "requests", body)[1]["ticket"]["number"]
    path = f"tickets/{number}/request"
    change = {"values": ZONE | {"managed": False}}
    status, told = call(personas, "desk_agent", "patch", path, change)
    assert (status, told["details"]["route"]) == (200, "request")
    assert call(personas, "desk_agent", "patch", path, {"values": {}})[0] == 422
    assert RequestDetails.objects.get().values["record"] == "w"
    reason = {"reason": "not_sold"}
    status, ticket = call(personas, "desk_agent", "post", f"tickets/{number}/rejection", reason)
    assert (status, ticket["state"]) == (200, "rejected")
    assert call(personas, "desk_agent", "patch", path, change)[0] == 409


def test_a_ticket_without_form_has_no_request(personas: Personas) -> None:
    ticket = ticket_creation.receive_ticket(
        ticket_creation.NewTicket(subject="x", source="phone"),  # type: ignore[arg-type]  # a plain word
        by=system("test"),
    )
    assert call(personas, "desk_agent", "get", f"tickets/{ticket.number}/request")[0] == 404
