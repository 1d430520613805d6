"""Contacts and employees by the API: they report, write and send files on tickets of their own."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.personas import Personas, make_personas

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.run.desk.actions import lifecycle
from opale.run.desk.models import Attachment, Message, Ticket
from opale.run.desk.tests.builders import agent_of, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def personas(db: None) -> Personas:
    return make_personas()


class Asker:
    """Somebody with an API token."""

    def __init__(self, personas: Personas, name: str) -> None:
        headers = {"Authorization": f"Bearer {personas.token(name)}", "Accept-Language": "en"}
        self.client = Client(headers=headers)

    def get(self, path: str) -> tuple[int, Any]:
        answer = self.client.get(f"/api/v1/{path}")
        return answer.status_code, answer.json()

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        answer = self.client.post(
            f"/api/v1/{path}", json.dumps(body), "application/json", headers=headers
        )
        return answer.status_code, answer.json()

    def attach(self, number: int) -> tuple[int, Any]:
        file = SimpleUploadedFile("panne.txt", b"ping: no answer")
        answer = self.client.post(f"/api/v1/tickets/{number}/attachments", {"file": file})
        return answer.status_code, answer.json()


def test_a_contact_without_any_authority_reports_and_writes(personas: Personas) -> None:
    contact, stranger = (Asker(personas, n) for n in ("customer_contact", "foreign_contact"))
    body = {"subject": "Plus de réseau", "body": "Depuis 9 h.", "kind": "incident"}
    status, told = contact.post("tickets", body)
    assert (status, told["customer_id"], told["contact_id"]) == (
        201,
        personas.customer.pk,
        personas.contact.pk,
    )
    ticket = Ticket.objects.get()
    assert (ticket.source, ticket.triaged_at, ticket.priority) == ("api", None, 4)
    assert (told["state"], told["kind"]) == ("acknowledged", "incident")
    path = f"tickets/{ticket.number}/messages"
    status, said = contact.post(path, {"body": "Toujours rien."})
    assert (status, said["direction"], said["author"]) == (201, "received", "Contact Acme")
    assert [m["body"] for m in contact.get(path)[1]["items"]] == ["Depuis 9 h.", "Toujours rien."]
    for verb in (stranger.get(path), stranger.post(path, {"body": "x"})):
        assert verb[0] == 404
    assert stranger.attach(ticket.number)[0] == 404
    assert Message.objects.count() == 2
    assert not Attachment.objects.exists()


def test_a_contact_reports_for_itself_and_leaves_the_grades_to_the_desk(
    personas: Personas,
) -> None:
    contact, theirs = (
        Asker(personas, "customer_contact"),
        make_service(personas.other_customer, "V"),
    )
    wrong = {
        "customer_id": personas.other_customer.pk,
        "contact_id": personas.other_contact.pk,
        "employee_id": personas.people["employee"].pk,
        "impact": 1,
        "urgency": 1,
        "item_id": 1,
    }
    status, told = contact.post("tickets", {"subject": "x"} | wrong)
    assert (status, set(told["fields"])) == (422, set(wrong))
    assert contact.post("tickets", {"subject": "x", "service_id": theirs.pk})[0] == 404
    assert not Ticket.objects.exists()
    own = make_service(personas.customer, "VPN-1")
    status, told = contact.post("tickets", {"subject": "x", "service_id": own.pk})
    assert (status, told["service_id"]) == (201, own.pk)


def test_a_file_of_a_contact_goes_with_its_message(personas: Personas) -> None:
    contact = Asker(personas, "customer_contact")
    number = contact.post("tickets", {"subject": "x"})[1]["number"]
    status, file = contact.attach(number)
    assert (status, file["message_id"], file["name"]) == (201, None, "panne.txt")
    body = {"body": "Voici la trace.", "attachments": [file["id"]]}
    status, said = contact.post(f"tickets/{number}/messages", body)
    assert status == 201
    status, files = contact.get(f"tickets/{number}/attachments")
    assert [(one["message_id"], one["visibility"]) for one in files] == [(said["id"], "public")]
    assert Asker(personas, "foreign_contact").get(f"tickets/{number}/attachments")[0] == 404
    again = contact.post(f"tickets/{number}/messages", {"body": "x", "attachments": [file["id"]]})
    assert (again[0], set(again[1]["fields"])) == (422, {"attachments"})


def test_a_contact_takes_back_a_file_that_no_message_has(personas: Personas) -> None:
    contact, agent = Asker(personas, "customer_contact"), Asker(personas, "desk_agent")
    number = contact.post("tickets", {"subject": "x"})[1]["number"]
    waiting, sent = contact.attach(number)[1]["id"], contact.attach(number)[1]["id"]
    prepared = agent.attach(number)[1]["id"]
    contact.post(f"tickets/{number}/messages", {"body": "x", "attachments": [sent]})

    def take_back(file: int, asker: Asker = contact) -> int:
        return asker.client.delete(f"/api/v1/tickets/{number}/attachments/{file}").status_code

    assert take_back(waiting, Asker(personas, "foreign_contact")) == 404
    assert [take_back(file) for file in (prepared, sent, waiting, waiting)] == [404, 409, 204, 404]


def test_a_contact_does_not_take_files_that_the_desk_prepared(personas: Personas) -> None:
    contact, agent = Asker(personas, "customer_contact"), Asker(personas, "desk_agent")
    number = contact.post("tickets", {"subject": "x"})[1]["number"]
    file = agent.attach(number)[1]
    body = {"body": "x", "attachments": [file["id"]]}
    assert contact.post(f"tickets/{number}/messages", body)[0] == 422
    assert contact.get(f"tickets/{number}/attachments") == (200, [])


def test_what_a_contact_writes_goes_to_the_desk_and_ends_its_wait(personas: Personas) -> None:
    contact, agent = Asker(personas, "customer_contact"), Asker(personas, "desk_agent")
    number = contact.post("tickets", {"subject": "x"})[1]["number"]
    agent.post(f"tickets/{number}/ownership", {})
    agent.post(f"tickets/{number}/pause", {"kind": "customer"})
    path = f"tickets/{number}/messages"
    for field, value in (
        ("to", ["a@b.example"]),
        ("cc", ["a@b.example"]),
        ("next_update_at", "2099-01-01T00:00:00Z"),
    ):
        status, told = contact.post(path, {"body": "x", field: value})
        assert (status, set(told["fields"])) == (422, {field})
    assert contact.post(path, {"body": "C'est fait."})[0] == 201
    assert contact.get(f"tickets/{number}")[1]["state"] == "inProgress"


def test_a_contact_s_condition_holds_too(personas: Personas) -> None:
    contact = Asker(personas, "customer_contact")
    number = contact.post("tickets", {"subject": "x"})[1]["number"]
    seen = contact.client.get(f"/api/v1/tickets/{number}")["ETag"]
    path = f"tickets/{number}/messages"
    assert contact.post(path, {"body": "1"}, **{"If-Match": seen})[0] == 201
    assert contact.post(path, {"body": "2"}, **{"If-Match": seen})[0] == 412


def test_an_employee_reports_writes_and_is_not_read_by_others(personas: Personas) -> None:
    employee, other = Asker(personas, "employee"), Asker(personas, "group_colleague")
    status, told = employee.post("tickets", {"subject": "Écran noir"})
    assert (status, told["customer_id"], told["employee_id"]) == (
        201,
        None,
        personas.people["employee"].pk,
    )
    path = f"tickets/{told['number']}/messages"
    status, said = employee.post(path, {"body": "Toujours noir."})
    assert (status, said["direction"], said["author"]) == (201, "received", "Employee")
    assert employee.attach(told["number"])[0] == 201
    assert other.get(path)[0] == other.post(path, {"body": "x"})[0] == 404
    assert employee.post("tickets", {"subject": "x", "contact_id": personas.contact.pk})[0] == 422


def test_the_desk_records_what_an_employee_told_it(personas: Personas) -> None:
    agent, pk = Asker(personas, "desk_agent"), personas.people["employee"].pk
    status, told = agent.post("tickets", {"subject": "Écran noir", "employee_id": pk})
    assert (status, told["employee_id"]) == (201, pk)
    assert Asker(personas, "employee").get(f"tickets/{told['number']}")[0] == 200
    both = {"subject": "x", "employee_id": pk, "contact_id": personas.contact.pk}
    status, told = agent.post("tickets", both)
    assert (status, set(told["fields"])) == (422, {"employee"})


def test_what_is_written_by_token_is_signed_by_its_person(personas: Personas) -> None:
    agent, contact = Asker(personas, "desk_agent"), Asker(personas, "customer_contact")
    number = contact.post("tickets", {"subject": "x", "body": "y"})[1]["number"]
    agent.post(f"tickets/{number}/ownership", {})
    agent.post(f"tickets/{number}/messages", {"body": "Nous regardons."})
    agent.post(f"tickets/{number}/notes", {"body": "Vu."})
    sent = Message.objects.get(direction="sent")
    assert sent.mail is not None
    assert "Desk Agent" in sent.mail.body
    assert "(test)" not in sent.mail.body
    authors = list(Message.objects.order_by("id").values_list("author", flat=True))
    assert authors == ["Contact Acme", "Desk Agent", "Desk Agent"]
    ticket = Ticket.objects.get()
    assert ticket.classifications.get().actor_name == "Contact Acme (test)"


def test_an_ended_ticket_takes_no_more_words(personas: Personas) -> None:
    contact = Asker(personas, "customer_contact")
    number = contact.post("tickets", {"subject": "x"})[1]["number"]
    with attributed(system("test")):
        lifecycle.cancel_ticket(Ticket.objects.get(), by=agent_of(personas.people["desk_agent"]))
    assert contact.post(f"tickets/{number}/messages", {"body": "x"})[0] == 409
