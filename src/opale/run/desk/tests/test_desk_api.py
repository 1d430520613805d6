"""The desk by API: TM Forum's words, bulk acts, conditional acts."""

import json
from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas

from opale.kernel.actor import Actor
from opale.run.desk.actions import (
    classifications,
    lifecycle,
    ownership,
    pauses,
    ticket_creation,
    ticket_metadata,
)
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Kind, Pause, Source, Ticket
from opale.run.desk.queries import triage
from opale.run.desk.tests.builders import agent_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(personas: Personas) -> Ticket:
    return make(personas)


def make(personas: Personas) -> Ticket:
    return ticket_creation.receive_ticket(
        NewTicket(
            subject="Lien coupé",
            source=Source.MAIL,
            kind=Kind.INCIDENT,
            customer=personas.customer,
            contact=personas.contact,
        ),
        by=agent_of(personas.people["desk_agent"]),
    )


def post(
    client: Client, url: str, body: object = None, **headers: str
) -> tuple[int, dict[str, Any]]:
    answer = client.post(
        f"/api/v1/tickets/{url}", json.dumps(body or {}), "application/json", headers=headers
    )
    return answer.status_code, answer.json()


def test_the_states_are_said_in_the_words_of_tm_forum(personas: Personas, ticket: Ticket) -> None:
    client, by = personas.client("desk_agent"), agent_of(personas.people["desk_agent"])

    def state() -> str:
        return str(client.get(f"/api/v1/tickets/{ticket.number}").json()["state"])

    said = [state()]
    ownership.take_ticket(ticket, by=by)
    said.append(state())
    pauses.pause_ticket(ticket, Pause.Kind.CUSTOMER, by=by, confirmed=True)
    said.append(state())
    pauses.resume_ticket(ticket, by=by)
    pauses.pause_ticket(ticket, Pause.Kind.SUPPLIER, by=by, confirmed=True)
    said.append(state())
    lifecycle.resolve_ticket(ticket, by=by)
    said.append(state())
    lifecycle.close_ticket(ticket, by=by)
    said.append(state())
    assert said == ["acknowledged", "inProgress", "pending", "held", "resolved", "closed"]
    other = make(personas)
    lifecycle.cancel_ticket(other, by=by)
    assert client.get(f"/api/v1/tickets/{other.number}").json()["state"] == "cancelled"


def test_an_act_on_many_says_what_became_of_each(personas: Personas, ticket: Ticket) -> None:
    client, second = personas.client("desk_agent"), make(personas)
    lifecycle.cancel_ticket(second, by=agent_of(personas.people["desk_agent"]))
    numbers = [ticket.number, second.number, 999_999, ticket.number]
    status, said = post(client, "bulk", {"numbers": numbers, "act": "resolve", "cause": "Fibre"})
    assert status == 200
    assert (said["done"], said["refused"]) == (1, 2)
    results = {r["number"]: (r["done"], r["code"]) for r in said["results"]}
    assert results == {
        ticket.number: (True, ""),
        second.number: (False, "illegal_move"),
        999_999: (False, "not_found"),
    }
    ticket.refresh_from_db()
    assert (ticket.state, ticket.cause) == ("resolved", "Fibre")


def test_tags_of_many_are_added_and_taken_away(personas: Personas, ticket: Ticket) -> None:
    client, second = personas.client("desk_agent"), make(personas)
    numbers = [ticket.number, second.number]
    post(client, "bulk", {"numbers": numbers, "act": "tag", "tags": ["Fibre", "storm"]})
    post(client, "bulk", {"numbers": numbers[:1], "act": "untag", "tags": ["storm"]})
    tags = dict(Ticket.objects.values_list("number", "tags"))
    assert tags == {ticket.number: ["fibre"], second.number: ["fibre", "storm"]}


@pytest.mark.parametrize("numbers", [[], list(range(1, 202))])
def test_an_act_on_none_or_too_many_is_refused(personas: Personas, numbers: list[int]) -> None:
    body = {"numbers": numbers, "act": "take"}
    status, _said = post(personas.client("desk_agent"), "bulk", body)
    assert status == 422


def test_a_contact_acts_on_nothing_in_bulk(personas: Personas, ticket: Ticket) -> None:
    body = {"numbers": [ticket.number], "act": "close"}
    status, _said = post(personas.client("customer_contact"), "bulk", body)
    assert status == 403


def test_an_act_with_an_etag_is_done_only_to_what_was_seen(
    personas: Personas, ticket: Ticket
) -> None:
    client = personas.client("desk_agent")
    seen = client.get(f"/api/v1/tickets/{ticket.number}")["ETag"]
    status, said = post(client, f"{ticket.number}/ownership", **{"If-Match": seen})
    assert (status, said["state"]) == (200, "inProgress")
    status, said = post(client, f"{ticket.number}/resolution", **{"If-Match": seen})
    assert (status, said["code"]) == (412, "changed_since")
    ticket.refresh_from_db()
    assert ticket.state == "in_progress"


def test_what_somebody_has_taken_is_taken_over_only_by_who_says_so(
    personas: Personas, ticket: Ticket
) -> None:
    """By the field or by the ETag, by itself or with others, taken or given."""
    first, second = personas.client("desk_agent"), personas.client("run_engineer")
    other, where = personas.people["run_engineer"].pk, f"{ticket.number}/ownership"
    assert post(first, where)[0] == 200
    assert post(first, where)[0] == 200
    status, said = post(second, where)
    assert (status, said["code"]) == (409, "conflict")
    assert personas.people["desk_agent"].name in said["detail"]
    assert post(second, where, {"person_id": other})[0] == 409
    assert post(second, where, {"seen_owner_id": other})[0] == 409
    _status, said = post(second, "bulk", {"numbers": [ticket.number], "act": "take"})
    assert (said["done"], said["results"][0]["code"]) == (0, "conflict")
    seen = second.get(f"/api/v1/tickets/{ticket.number}")
    body = {"seen_owner_id": seen.json()["owner_id"]}
    assert post(second, where, body)[1]["owner_id"] == other
    stale = {"If-Match": seen["ETag"]}
    assert post(first, where, **stale)[0] == 412
    fresh = {"If-Match": first.get(f"/api/v1/tickets/{ticket.number}")["ETag"]}
    assert post(first, where, **fresh)[0] == 200
    assert post(second, where, {"person_id": other, **body})[0] == 200
    third = personas.people["service_manager"].pk
    assert post(first, where, {"person_id": third, **body})[0] == 409
    assert post(first, where, {"person_id": third})[0] == 409
    given = {"numbers": [ticket.number], "act": "give", "person_id": third}
    _status, said = post(first, "bulk", given)
    assert said["done"] == 1


def test_who_accepts_what_is_proposed_is_told_what_was_said_meanwhile(
    personas: Personas, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    propose = triage.proposals_of

    def while_another_decides(asked: Ticket, *, seen_by: Actor) -> triage.Proposals:
        found = propose(asked, seen_by=seen_by)
        classifications.qualify_ticket(ticket, Kind.INCIDENT, by=personas.actor("run_engineer"))
        return found

    monkeypatch.setattr(triage, "proposals_of", while_another_decides)
    path = f"{ticket.number}/proposals/acceptance"
    status, said = post(personas.client("desk_agent"), path, {"impact": 2, "urgency": 2})
    assert (status, said["code"]) == (409, "conflict")
    assert personas.people["run_engineer"].name in said["detail"]


def test_a_ticket_made_twice_with_one_key_is_one_ticket(personas: Personas) -> None:
    client = personas.client("desk_agent")

    def make_it() -> tuple[int, int, str | None]:
        answer = client.post(
            "/api/v1/tickets",
            json.dumps({"subject": "x"}),
            "application/json",
            headers={"Idempotency-Key": "k1"},
        )
        replayed = answer.headers.get("Idempotency-Replayed")
        return answer.status_code, answer.json()["number"], replayed

    (first, number, fresh), again = make_it(), make_it()
    assert (first, fresh) == (201, None)
    assert again == (201, number, "true")
    assert Ticket.objects.count() == 1


def test_who_hands_a_ticket_over_says_how_it_came(personas: Personas) -> None:
    client = personas.client("desk_agent")
    for more, kept in (({}, "api"), ({"source": "mail"}, "mail")):
        body = json.dumps({"subject": "x", **more})
        answer = client.post("/api/v1/tickets", body, "application/json")
        assert (answer.status_code, answer.json()["source"]) == (201, kept)
    by_hand = json.dumps({"subject": "x", "source": "event"})
    assert client.post("/api/v1/tickets", by_hand, "application/json").status_code == 422
    own = personas.client("customer_contact")
    said = json.dumps({"subject": "x", "source": "phone"})
    assert own.post("/api/v1/tickets", said, "application/json").status_code == 422


def _tag(client: Client, number: int, personas: Personas) -> None:
    answer = client.put(
        f"/api/v1/tickets/{number}/tags", json.dumps({"tags": ["fibre"]}), "application/json"
    )
    assert answer.json()["tags"] == ["fibre"]


def _note(client: Client, number: int, personas: Personas) -> None:
    post(client, f"{number}/notes", {"body": "Vu."})


def _watch(client: Client, number: int, personas: Personas) -> None:
    post(client, f"{number}/watchers", {"contact_id": personas.contact.pk})


def _refer(client: Client, number: int, personas: Personas) -> None:
    post(client, f"{number}/references", {"party": "Armor", "number": "4711"})


def _ask(client: Client, number: int, personas: Personas) -> None:
    post(client, f"{number}/assignments", {"team_id": personas.teams["run_engineer"].pk})


def _log(client: Client, number: int, personas: Personas) -> None:
    post(client, f"{number}/timer")


def _wait(client: Client, number: int, personas: Personas) -> None:
    post(client, f"{number}/pause", {"kind": "supplier"})


def _link(client: Client, number: int, personas: Personas) -> None:
    post(client, f"{number}/links", {"kind": "related_to", "number": make(personas).number})


@pytest.mark.parametrize("act", [_tag, _note, _watch, _refer, _ask, _log, _wait, _link])
def test_every_change_of_a_ticket_gives_it_another_etag(
    personas: Personas, ticket: Ticket, act: Any
) -> None:
    client = personas.client("desk_agent")
    seen = client.get(f"/api/v1/tickets/{ticket.number}")["ETag"]
    assert client.get(f"/api/v1/tickets/{ticket.number}")["ETag"] == seen
    act(client, ticket.number, personas)
    status, said = post(client, f"{ticket.number}/ownership", **{"If-Match": seen})
    assert (status, said["code"]) == (412, "changed_since")
    fresh = client.get(f"/api/v1/tickets/{ticket.number}")["ETag"]
    status, said = post(client, f"{ticket.number}/ownership", **{"If-Match": fresh})
    assert (status, said["state"]) == (200, "inProgress")


def test_tags_and_due_times_of_a_ticket_are_for_the_desk_alone(
    personas: Personas, ticket: Ticket
) -> None:
    ticket_metadata.set_tags(ticket, ["vip"], by=agent_of(personas.people["desk_agent"]))
    read = {
        name: personas.client(name).get(f"/api/v1/tickets/{ticket.number}").json()["tags"]
        for name in ("desk_agent", "customer_contact")
    }
    assert read == {"desk_agent": ["vip"], "customer_contact": []}
