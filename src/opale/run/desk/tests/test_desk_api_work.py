"""All of the desk's daily work by the API: lists, acts on many, work asked of others, histories."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from tests.personas import Personas

from opale.kernel import clock
from opale.run.desk.actions import alerts, lifecycle, ownership, ticket_creation, ticket_metadata
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Grade, Kind, Message, Pause, Source, Ticket, TicketLink
from opale.run.desk.tests.builders import agent_of, make_service
from opale.run.events.models import Alert, Integration
from opale.run.events.states import AlertState, Severity

pytestmark = pytest.mark.django_db
UNKNOWN = 999_999


class Desk:
    """An agent's browser, and the tickets of a customer."""

    def __init__(self, personas: Personas) -> None:
        self.personas = personas
        self.client = personas.client("desk_agent")
        self.by = agent_of(personas.people["desk_agent"])
        self.service = make_service(personas.customer, "VPN-1")

    def ticket(
        self,
        subject: str = "Lien coupé",
        impact: Grade = Grade.LOW,
        at: datetime | None = None,
    ) -> Ticket:
        new = NewTicket(
            subject=subject,
            body="Bonjour",
            source=Source.MAIL,
            kind=Kind.INCIDENT,
            customer=self.personas.customer,
            contact=self.personas.contact,
            service=self.service,
            impact=impact,
            urgency=impact,
        )
        return ticket_creation.receive_ticket(new, by=self.by, at=at)

    def alert(self) -> Alert:
        integration = Integration.objects.create(name="Prometheus", format="alertmanager")
        now = datetime.now(UTC)
        return Alert.objects.create(
            integration=integration,
            identity="a1",
            severity=Severity.CRITICAL,
            title="Link down",
            service=self.service,
            customer=self.personas.customer,
            started_at=now - timedelta(minutes=5),
            first_received_at=now,
            last_received_at=now,
            source_at=now,
        )

    def get(self, path: str) -> Any:
        answer = self.client.get(f"/api/v1/{path}")
        assert answer.status_code == 200, answer.content
        return answer.json()

    def call(self, verb: str, path: str, body: Any = None) -> tuple[int, Any]:
        answer = getattr(self.client, verb)(
            f"/api/v1/{path}", json.dumps(body or {}), "application/json"
        )
        return answer.status_code, answer.json() if answer.content else None

    def post(self, path: str, body: Any = None) -> tuple[int, Any]:
        return self.call("post", path, body)

    def bulk(self, *tickets: Ticket, act: str, **said: Any) -> tuple[int, Any]:
        numbers = [ticket.number for ticket in tickets]
        return self.post("tickets/bulk", {"numbers": numbers, "act": act, **said})

    def numbers(self, query: str) -> list[int]:
        return [one["number"] for one in self.get(f"tickets?{query}")["items"]]


@pytest.fixture
def desk(personas: Personas) -> Desk:
    return Desk(personas)


def test_tickets_are_narrowed_by_what_they_are(desk: Desk) -> None:
    first, second = desk.ticket(), desk.ticket()
    ownership.take_ticket(second, by=desk.by)
    ticket_metadata.set_tags(second, ["fibre"], by=desk.by)
    other, service = desk.personas.other_customer.pk, desk.service.pk
    both = [second.number, first.number]
    assert desk.numbers("state=inProgress") == [second.number]
    assert desk.numbers("state=acknowledged&stream=solution") == [first.number]
    assert desk.numbers("stream=none") == []
    assert desk.numbers(f"customer_id={desk.personas.customer.pk}") == both
    assert desk.numbers(f"customer_id={other}") == []
    assert desk.numbers(f"service_id={service}") == both
    assert desk.numbers(f"owner_id={desk.by.person_id}&tag=Fibre") == [second.number]
    moment = second.updated_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    assert desk.numbers(f"updated_since={moment}") == [second.number]
    assert desk.client.get("/api/v1/tickets?updated_since=2026-01-01T00:00:00").status_code == 422
    assert desk.client.get("/api/v1/tickets?state=in_progress").status_code == 422


def test_a_contact_cannot_sound_out_the_tags_of_the_desk(desk: Desk) -> None:
    ticket_metadata.set_tags(desk.ticket(), ["fibre"], by=desk.by)
    client = desk.personas.client("customer_contact")
    assert client.get("/api/v1/tickets?tag=fibre").status_code == 422
    assert len(client.get("/api/v1/tickets?state=acknowledged").json()["items"]) == 1


def test_the_queue_is_read_in_its_order_page_by_page(desk: Desk) -> None:
    low, high, middle = (
        desk.ticket(impact=grade) for grade in (Grade.LOW, Grade.HIGH, Grade.MEDIUM)
    )
    wanted, read, after = [high.number, middle.number, low.number], [], ""
    for _page in wanted:
        told = desk.get(f"tickets?view=open&order=queue&limit=1{after}")
        read += [one["number"] for one in told["items"]]
        after = f"&after={told['next']}"
    assert read == wanted
    assert told["next"] is None


@pytest.mark.parametrize("who", ["run_engineer", "customer_contact"])
def test_all_tickets_are_read_page_by_page_the_newest_first(who: str, desk: Desk) -> None:
    wanted, read, after = [desk.ticket().number for _ in range(3)][::-1], [], ""
    client = desk.personas.client(who)
    for _page in wanted:
        told = client.get(f"/api/v1/tickets?limit=1{after}").json()
        read += [one["number"] for one in told["items"]]
        after = f"&after={told['next']}"
    assert read == wanted
    assert told["next"] is None
    assert client.get("/api/v1/tickets?limit=2").json()["next"]


@pytest.mark.parametrize(("who", "prepared"), [("run_engineer", 1), ("customer_contact", 0)])
def test_a_ticket_is_planned_for_the_customer_who_asks_for_it(
    who: str, prepared: int, desk: Desk
) -> None:
    def plans() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(sum(generic_plans + custom_plans), 0) FROM pg_prepared_statements"
                ' WHERE statement LIKE \'%FROM "desk_ticket"%"desk_ticket"."number" = $%\''
            )
            (found,) = cursor.fetchone()
        return int(found)

    ticket, client, before = desk.ticket(), desk.personas.client(who), plans()
    told = client.get(f"/api/v1/tickets/{ticket.number}").json()
    assert told["number"] == ticket.number
    assert plans() - before == prepared


def test_what_falls_due_next_is_listed_with_its_promise(desk: Desk) -> None:
    ticket = desk.ticket(impact=Grade.HIGH)
    told = desk.get("desk/due-next")
    assert [(one["number"], one["measure"]) for one in told] == [
        (ticket.number, "acknowledge"),
        (ticket.number, "restore"),
    ]
    assert len(desk.get("desk/due-next?limit=1")) == 1
    assert desk.client.get("/api/v1/desk/due-next?limit=0").status_code == 422


def test_a_ticket_is_cancelled_by_itself(desk: Desk) -> None:
    ticket = desk.ticket()
    path = f"tickets/{ticket.number}/cancellation"
    status, told = desk.post(path, {"reason": "Erreur"})
    assert (status, told["state"], told["cause"]) == (200, "cancelled", "Erreur")
    assert desk.post(path)[0] == 409


def test_a_restoration_is_proposed_said_and_taken_back(desk: Desk) -> None:
    alert = desk.alert()
    ticket = alerts.open_incident(alert, by=desk.by)
    path = f"tickets/{ticket.number}/restoration"
    assert desk.get(path)["proposed_at"] is None
    Alert.objects.filter(pk=alert.pk).update(state=AlertState.CLEARED, cleared_at=clock.now())
    proposed = desk.get(path)["proposed_at"]
    assert proposed is not None
    status, told = desk.post(path, {"at": proposed})
    assert (status, told["restored_at"]) == (200, proposed)
    assert desk.get(path)["proposed_at"] is None
    status, told = desk.post(f"{path}/withdrawal")
    assert (status, told["restored_at"]) == (200, None)
    assert desk.post(f"{path}/withdrawal")[0] == 409


def test_an_alert_is_qualified_as_one_incident(desk: Desk) -> None:
    alert = desk.alert()
    status, told = desk.post(f"alerts/{alert.pk}/incident")
    assert (status, told["kind"], told["subject"]) == (201, "incident", "Link down")
    status, again = desk.post(f"alerts/{alert.pk}/incident")
    assert (status, again["code"]) == (409, "conflict")
    assert desk.post(f"alerts/{UNKNOWN}/incident")[0] == 404


def test_the_states_of_other_tickets_are_words_of_tm_forum_too(desk: Desk) -> None:
    first, second = desk.ticket(), desk.ticket()
    ownership.take_ticket(second, by=desk.by)
    similar = desk.get(f"tickets/{first.number}/similar")
    assert {one["number"]: one["state"] for one in similar}[second.number] == "inProgress"
    status, link = desk.post(
        f"tickets/{first.number}/links", {"kind": "related_to", "number": second.number}
    )
    assert (status, link["state"]) == (201, "inProgress")
    # What is linked is no suggestion any more.
    assert not desk.get(f"tickets/{first.number}/similar")


def test_many_wait_go_on_and_are_restored_at_once(desk: Desk) -> None:
    first, second = desk.ticket(), desk.ticket()
    for ticket in (first, second):
        ownership.take_ticket(ticket, by=desk.by)
    wait = {"kind": "supplier", "reason": "Fibre"}
    assert desk.bulk(first, second, act="wait", wait=wait)[1]["done"] == 2
    assert set(Ticket.objects.values_list("state", flat=True)) == {"held"}
    assert set(Pause.objects.values_list("reason", flat=True)) == {"Fibre"}
    assert desk.bulk(first, second, act="resume")[1]["done"] == 2
    told = desk.bulk(first, second, act="resume")[1]
    assert {one["code"] for one in told["results"]} == {"illegal_move"}
    assert desk.bulk(first, second, act="restore")[1]["done"] == 2
    assert not Ticket.objects.filter(restored_at=None).exists()


def test_of_many_that_are_sent_with_a_key_one_may_refuse(desk: Desk) -> None:
    first, second = desk.ticket(), desk.ticket()
    for ticket in (first, second):
        ownership.take_ticket(ticket, by=desk.by)
    lifecycle.resolve_ticket(first, by=desk.by, cause="Fibre")
    answer = desk.client.post(
        "/api/v1/tickets/bulk",
        {"numbers": [first.number, second.number], "act": "restore"},
        "application/json",
        headers={"Idempotency-Key": "k1"},
    )
    told = answer.json()
    assert (told["done"], told["refused"]) == (1, 1), told
    second.refresh_from_db()
    assert second.restored_at


def test_many_are_classified_and_asked_of_a_team_at_once(desk: Desk) -> None:
    first, second = desk.ticket(), desk.ticket()
    told = desk.bulk(first, second, act="classify", classification={"impact": 1, "urgency": 1})[1]
    assert told["done"] == 2
    assert set(Ticket.objects.values_list("priority", "kind")) == {(1, "incident")}
    work = {"team_id": desk.personas.teams["run_engineer"].pk, "note": "Voir le routeur"}
    assert desk.bulk(first, second, act="escalate", work=work)[1]["done"] == 2
    assert desk.bulk(first, second, act="escalate", work=work)[1]["refused"] == 2
    (asked,) = desk.get(f"tickets/{first.number}/assignments")
    assert (asked["note"], asked["level"]) == ("Voir le routeur", "level_2")


@pytest.mark.parametrize(
    ("act", "field"),
    [("give", "person_id"), ("wait", "wait"), ("classify", "classification"), ("escalate", "work")],
)
def test_an_act_on_many_without_what_it_needs_is_refused(desk: Desk, act: str, field: str) -> None:
    status, told = desk.bulk(desk.ticket(), act=act)
    assert (status, set(told["fields"])) == (422, {field})


def test_work_is_asked_of_a_target_and_carries_its_due_times(desk: Desk) -> None:
    ticket = desk.ticket()
    targets = desk.get(f"tickets/{ticket.number}/escalation-targets")
    (proposed,) = [one for one in targets if one["proposed"]]
    assert proposed["level"] == "level_2"
    team = proposed["team_id"]
    status, asked = desk.post(f"tickets/{ticket.number}/assignments", {"team_id": team})
    assert (status, asked["state"]) == (201, "requested")
    measures = {one["measure"] for one in asked["due"]}
    assert measures
    for measure in measures:
        query = f"explanation?assignment_id={asked['id']}"
        told = desk.get(f"tickets/{ticket.number}/commitments/{measure}/{query}")
        assert told["due_at"] == next(
            one["due_at"] for one in asked["due"] if one["measure"] == measure
        )
    assert team not in {
        one["team_id"] for one in desk.get(f"tickets/{ticket.number}/escalation-targets")
    }
    engineer = desk.personas.people["run_engineer"].pk
    path = f"assignments/{asked['id']}"
    status, told = desk.post(f"{path}/acceptance", {"person_id": engineer})
    assert (status, told["state"], told["person_id"]) == (200, "accepted", engineer)
    status, told = desk.post(f"{path}/completion", {"outcome": "fixed"})
    assert (status, told["state"], told["due"]) == (200, "done", [])
    assert desk.post(f"{path}/withdrawal")[0] == 409


def test_moved_messages_are_listed_until_they_are_moved_back(desk: Desk) -> None:
    first, second = desk.ticket(), desk.ticket("Site lent")
    message = Message.objects.filter(ticket=first).get()
    status, move = desk.post(f"messages/{message.pk}/move", {"number": second.number})
    assert (status, move["origin"], move["target"]) == (201, first.number, second.number)
    for ticket in (first, second):
        assert desk.get(f"tickets/{ticket.number}/message-moves") == [move]
    assert desk.post(f"message-moves/{move['id']}/undo")[0] == 200
    assert desk.get(f"tickets/{first.number}/message-moves") == []
    assert Message.objects.get(pk=message.pk).ticket == first


def test_corrections_of_waits_and_times_are_told(desk: Desk) -> None:
    ticket = desk.ticket(at=clock.now() - timedelta(hours=3))
    hour = timedelta(hours=1)
    starts, ends = clock.now() - 2 * hour, clock.now() - hour
    said = {"starts": starts.isoformat(), "ends": ends.isoformat()}
    status, wait = desk.post(f"tickets/{ticket.number}/pauses", said | {"kind": "supplier"})
    assert status == 201
    path = f"tickets/{ticket.number}/pauses/{wait['id']}"
    corrected = said | {"kind": "customer", "reason": "Absent"}
    assert desk.post(f"{path}/correction", corrected)[0] == 200
    told = desk.get(f"tickets/{ticket.number}/history/pauses")
    assert told[0]["by"] == "Desk Agent"
    columns = {d["column"]: (d["before"], d["after"]) for d in told[0]["differences"]}
    assert columns["kind"] == ("supplier", "customer")
    assert desk.call("post", f"{path}/withdrawal")[0] == 204
    assert desk.get(f"tickets/{ticket.number}/history/pauses")[0]["deleted"] is True
    status, entry = desk.post(f"tickets/{ticket.number}/time", said)
    assert status == 201
    time_path = f"tickets/{ticket.number}/time/{entry['id']}"
    assert desk.call("put", time_path, said | {"note": "Routeur"})[0] == 200
    told = desk.get(f"tickets/{ticket.number}/history/time")
    assert [one["differences"][0]["column"] for one in told] == ["note"]
    assert told[0]["by"] == ""
    assert desk.get(f"tickets/{ticket.number}/history/request") == []
    assert desk.client.get(f"/api/v1/tickets/{ticket.number}/history/x").status_code == 422


def test_tickets_are_merged_and_parted_again(desk: Desk) -> None:
    first, second = desk.ticket(), desk.ticket()
    path = f"tickets/{second.number}/merges"
    status, merges = desk.post(path, {"numbers": [first.number], "reason": "Même panne"})
    assert (status, merges[0]["number"], merges[0]["into"]) == (201, first.number, second.number)
    assert desk.get(f"tickets/{first.number}/present")["number"] == second.number
    assert desk.get(f"tickets/{first.number}")["merged_into_id"] == second.pk
    assert desk.get(path) == merges
    status, told = desk.post(f"merges/{merges[0]['id']}/undo")
    assert (status, told["number"], told["state"]) == (200, first.number, "acknowledged")
    assert desk.post(f"merges/{merges[0]['id']}/undo")[0] == 409
    assert desk.post(path, {"numbers": [UNKNOWN]})[0] == 404


def test_a_ticket_is_split_by_its_messages(desk: Desk) -> None:
    ticket = desk.ticket()
    message = Message.objects.get(ticket=ticket)
    body = {"message_ids": [message.pk], "subject": "Autre panne", "copy_them": True}
    status, new = desk.post(f"tickets/{ticket.number}/splits", body)
    assert (status, new["subject"], new["customer_id"]) == (
        201,
        "Autre panne",
        desk.personas.customer.pk,
    )
    assert Message.objects.filter(ticket__number=new["number"], body="Bonjour").exists()
    assert desk.post(f"tickets/{ticket.number}/splits", {"message_ids": [UNKNOWN]})[0] == 404


def test_tickets_are_linked_once_and_unlinked(desk: Desk) -> None:
    parent, child = desk.ticket(), desk.ticket()
    path = f"tickets/{child.number}/links"
    status, link = desk.post(path, {"kind": "child_of", "number": parent.number})
    assert (status, link["outward"], link["number"]) == (201, True, parent.number)
    (seen,) = desk.get(f"tickets/{parent.number}/links")
    assert (seen["outward"], seen["number"]) == (False, child.number)
    assert desk.post(path, {"kind": "child_of", "number": parent.number})[0] == 409
    assert desk.call("delete", f"links/{link['id']}")[0] == 204
    assert not TicketLink.objects.exists()
