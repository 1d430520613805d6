"""Answers, times, outages, interventions, proposals and settings of the desk by the API: what is
said is what is read again."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.personas import Personas

from opale.customers.models import Contact, SupportPlanVersion
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.run.desk.actions import ticket_creation
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Grade, Kind, Source, StreamSettings, Ticket
from opale.run.desk.tests.builders import agent_of, make_service

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


class Room:
    """The desk's API, used by personas; a ticket received three hours ago."""

    def __init__(self, personas: Personas) -> None:
        self.personas = personas
        self.by = agent_of(personas.people["desk_agent"])
        self.service = make_service(personas.customer, "VPN-1")
        self.ticket = self.receive()
        self.path = f"tickets/{self.ticket.number}"

    def receive(self, subject: str = "Lien coupé") -> Ticket:
        new = NewTicket(
            subject=subject,
            body="Bonjour",
            source=Source.MAIL,
            kind=Kind.INCIDENT,
            customer=self.personas.customer,
            contact=self.personas.contact,
            service=self.service,
            impact=Grade.HIGH,
            urgency=Grade.HIGH,
        )
        return ticket_creation.receive_ticket(new, by=self.by, at=clock.now() - 3 * HOUR)

    def call(
        self, verb: str, path: str, body: Any = None, who: str = "desk_agent", **headers: str
    ) -> tuple[int, Any]:
        client = self.personas.client(who)
        said = () if verb == "get" else (json.dumps(body or {}), "application/json")
        answer = getattr(client, verb)(f"/api/v1/{path}", *said, headers=headers)
        return answer.status_code, answer.json() if answer.content else None


@pytest.fixture
def room(personas: Personas) -> Room:
    return Room(personas)


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def test_an_engineer_s_answer_is_edited_refused_and_sent_by_the_owner(room: Room) -> None:
    room.call("post", f"{room.path}/ownership")
    status, answer = room.call(
        "post", f"{room.path}/messages", {"body": "Réparé."}, who="run_engineer"
    )
    assert (status, answer["state"], answer["body"]) == (202, "proposed", "Réparé.")
    path = f"answers/{answer['id']}"
    status, edited = room.call("put", f"{path}/text", {"body": "C'est réparé."}, who="run_engineer")
    assert (status, edited["body"]) == (200, "C'est réparé.")
    assert room.call("put", f"{path}/text", {"body": "x"})[0] == 403
    status, told = room.call("post", f"{path}/sending", {"mark": answer["mark"]})
    assert (status, told["code"]) == (409, "conflict")
    assert room.call("post", f"{path}/sending", {"mark": edited["mark"]}, "run_engineer")[0] == 403
    emptied = {"mark": edited["mark"], "body": ""}
    assert room.call("post", f"{path}/sending", emptied)[0] == 422
    status, message = room.call("post", f"{path}/sending", {"mark": edited["mark"]})
    assert (status, message["body"], message["author"]) == (201, "C'est réparé.", "Desk Agent")
    status, read = room.call("get", path)
    assert (read["state"], read["message_id"]) == ("sent", message["id"])
    assert room.call("get", f"{room.path}/answers")[1] == [read]
    refusal = {"reason": "wording", "comment": "Trop bref"}
    assert room.call("post", f"{path}/refusal", refusal)[0] == 409
    other = room.call("post", f"{room.path}/messages", {"body": "Bref."}, who="run_engineer")[1]
    status, told = room.call("post", f"answers/{other['id']}/refusal", refusal)
    assert (status, told["state"], told["reason"], told["comment"]) == (
        200,
        "refused",
        "wording",
        "Trop bref",
    )


def test_with_standing_consent_the_owner_sees_afterwards(room: Room) -> None:
    room.call("post", f"{room.path}/ownership")
    stream = room.ticket.stream
    path, changes = f"desk/streams/{stream}", {"engineer_answers": "standing_consent"}
    assert room.call("patch", path, changes)[0] == 403
    assert room.call("patch", path, changes, who="service_manager")[0] == 200
    status, message = room.call(
        "post", f"{room.path}/messages", {"body": "Réparé."}, who="run_engineer"
    )
    assert (status, message["author"]) == (201, "Desk Agent")
    (answer,) = room.call("get", f"{room.path}/answers")[1]
    assert answer["seen_at"] is None
    status, seen = room.call("post", f"answers/{answer['id']}/sight")
    assert status == 200
    assert seen["seen_at"] is not None


def test_a_stream_is_set_only_as_it_was_read(room: Room) -> None:
    stream, who = room.ticket.stream, "service_manager"
    path = f"desk/streams/{stream}"
    status, first = room.call("patch", path, {"triage_target_minutes": 20}, who)
    assert (status, first["triage_target_minutes"]) == (200, 20)
    assert StreamSettings.objects.get(stream=stream).triage_target == timedelta(minutes=20)
    assert room.call("patch", path, {"triage_target_minutes": 0}, who)[0] == 422
    assert room.call("patch", path, {"triage_target_minutes": 10**12}, who)[0] == 422
    old = {"If-Match": '"another"'}
    assert room.call("patch", path, {"triage_target_minutes": 5}, who, **old)[0] == 412
    assert first in room.call("get", "desk/streams")[1]


def test_what_a_level_promises_is_set_for_a_priority_and_taken_away(room: Room) -> None:
    who = "service_manager"
    body = {"level": "level_3", "priority": 5, "accept_minutes": 30, "deliver_minutes": 240}
    status, target = room.call("put", "desk/level-targets", body, who)
    assert (status, {name: target[name] for name in body}) == (200, body)
    assert target in room.call("get", "desk/level-targets")[1]
    backwards = body | {"accept_minutes": 500}
    assert room.call("put", "desk/level-targets", backwards, who)[0] == 422
    path = f"desk/level-targets/{target['id']}"
    assert room.call("delete", path)[0] == 403
    assert room.call("delete", path, who=who)[0] == 204
    assert room.call("delete", path, who=who)[0] == 404


def test_time_is_counted_written_corrected_and_removed(room: Room) -> None:
    assert room.call("post", f"{room.path}/timer")[0] == 201
    assert room.call("post", f"{room.path}/timer")[0] == 409
    status, spent = room.call("get", f"{room.path}/time")
    assert spent["running"]["person_id"] == room.by.person_id
    status, ended = room.call("post", "timer/stop")
    assert (status, ended["ends"] is None) == (200, False)
    assert room.call("post", "timer/stop")[0] == 404
    now = clock.now()
    said = {"starts": moment(now - HOUR), "ends": moment(now), "note": "Routeur"}
    status, entry = room.call("post", f"{room.path}/time", said)
    assert (status, entry["note"]) == (201, "Routeur")
    path = f"{room.path}/time/{entry['id']}"
    status, _corrected = room.call("put", path, said | {"starts": moment(now - 2 * HOUR)})
    assert status == 200
    assert room.call("get", f"{room.path}/time")[1]["total_seconds"] >= 7200
    assert room.call("put", path, said, who="run_engineer")[0] == 403
    assert room.call("post", f"{room.path}/time", {**said, "ends": said["starts"]})[0] == 422
    assert room.call("delete", path)[0] == 204
    assert room.call("delete", path)[0] == 404


def test_a_clock_is_explained_minute_by_minute(room: Room) -> None:
    path = f"{room.path}/commitments/restore/explanation"
    status, told = room.call("get", path)
    assert (status, told["measure"], told["target_seconds"]) == (200, "restore", 4 * 3600)
    assert told["used_seconds"] + told["left_seconds"] == told["target_seconds"]
    assert told["segments"][0]["counted"] is True
    start = clock.now() - 2 * HOUR
    wait = {"kind": "customer", "starts": moment(start), "ends": moment(start + HOUR)}
    assert room.call("post", f"{room.path}/pauses", wait)[0] == 201
    status, later = room.call("get", path)
    assert later["used_seconds"] < told["used_seconds"] - 3000
    assert [segment["counted"] for segment in later["segments"]] == [True, False, True]
    assert room.call("get", f"{room.path}/commitments/nothing/explanation")[0] == 404


def test_an_outage_is_stated_and_counts_in_the_month_of_its_service(room: Room) -> None:
    since = room.ticket.received_at
    status, told = room.call("post", f"{room.path}/outage", {"since": moment(since)})
    assert (status, told["outage_from"] is None) == (200, False)
    assert room.call("post", f"{room.path}/restoration", {"at": moment(since + HOUR)})[0] == 200
    zone = ZoneInfo(room.personas.customer.time_zone)
    # An hour may end in the month after the one in which it began.
    months = sorted({f"{at.astimezone(zone):%Y-%m}" for at in (since, since + HOUR)})
    paths = [f"services/VPN-1/availability?month={month}" for month in months]
    found = [room.call("get", path) for path in paths]
    assert [(status, told["month"]) for status, told in found] == [(200, month) for month in months]
    assert sum(told["down_seconds"] for _status, told in found) == 3600.0
    assert [[one["ticket"] for one in told["outages"]] for _status, told in found] == [
        [room.ticket.reference] for _month in months
    ]
    assert room.call("post", f"{room.path}/outage", {"since": None})[1]["outage_from"] is None
    assert [room.call("get", path)[1]["outages"] for path in paths] == [[] for _ in paths]
    assert room.call("get", "services/VPN-1/availability?month=2026-13")[0] == 422
    assert room.call("get", "services/NONE/availability")[0] == 404


def test_a_place_counts_what_is_worked_before(room: Room) -> None:
    second = room.receive("Autre lien")
    status, first = room.call("get", f"{room.path}/place")
    assert (status, first["place"], first["stream"]) == (200, 1, "solution")
    assert first["nearest_measure"] == "acknowledge"
    assert room.call("get", f"tickets/{second.number}/place")[1]["place"] == 2


def test_an_intervention_is_agreed_by_who_may_order_and_ended(room: Room) -> None:
    path, contact = f"{room.path}/interventions", room.personas.contact
    body = {"agreed_by_id": contact.pk, "price": "450.00"}
    assert room.call("post", path, body)[0] == 409
    with attributed(system("test")):
        SupportPlanVersion.objects.update(exceptional_interventions=True)
    status, told = room.call("post", path, body)
    assert (status, set(told["fields"])) == (422, {"agreed_by_id"})
    with attributed(system("test")):
        Contact.objects.filter(pk=contact.pk).update(may_order=True)
    status, made = room.call("post", path, body)
    assert (status, made["price"], made["currency"], made["ends"]) == (201, "450.00", "EUR", None)
    assert room.call("get", path)[1] == [made]
    status, ended = room.call("post", f"{path}/{made['id']}/end")
    assert (status, ended["ends"] is None) == (200, False)
    assert room.call("post", f"{path}/{made['id']}/end")[0] == 409


def test_what_is_proposed_is_listed_with_its_evidence(room: Room) -> None:
    status, told = room.call("get", f"{room.path}/proposals")
    assert status == 200
    for one in told:
        assert one["field"]
        assert one["label"]
        assert 0 < one["share"] <= 1


def test_watchers_numbers_and_confidentiality_are_said_and_taken_back(room: Room) -> None:
    contact = room.personas.other_contact
    assert room.call("post", f"{room.path}/watchers", {"contact_id": contact.pk})[0] == 422
    assert room.call("post", f"{room.path}/watchers")[0] == 422
    person = room.personas.people["run_engineer"].pk
    status, watcher = room.call("post", f"{room.path}/watchers", {"person_id": person})
    assert (status, watcher["person_id"]) == (201, person)
    assert room.call("get", f"{room.path}/watchers")[1] == [watcher]
    assert room.call("delete", f"{room.path}/watchers/{watcher['id']}")[0] == 204
    said = {"party": "Armor", "number": "INC 4711"}
    status, made = room.call("post", f"{room.path}/references", said)
    assert status == 201
    assert room.call("post", f"{room.path}/references", said)[0] == 409
    assert room.call("get", "tickets?q=INC 4711")[1]["items"][0]["number"] == room.ticket.number
    assert room.call("delete", f"{room.path}/references/{made['id']}")[0] == 204
    hidden = {"confidential": True, "reason": "Personnel"}
    status, told = room.call("put", f"{room.path}/confidentiality", hidden)
    assert (status, told["confidential"]) == (200, True)
    assert room.call("get", room.path, who="build_engineer")[0] == 404
    assert room.call("get", room.path)[0] == 200
