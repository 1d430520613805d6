"""An answer waits a moment before it leaves, and can be taken back until then."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings
from tests.personas import MAKER, Personas

from opale.kernel import clock
from opale.messaging.actions.outgoing import SENDING_JOB, send_mail
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions import answers, messages, ownership, ticket_creation
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Attachment, Kind, Message, Source, Ticket
from opale.run.desk.queries import tickets as ticket_queries
from opale.run.desk.queries.attachments import waiting_attachments
from opale.run.desk.queries.timeline import ticket_timeline

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ticket(personas: Personas) -> Ticket:
    made = ticket_creation.receive_ticket(
        NewTicket(
            subject="Lien",
            source=Source.MAIL,
            kind=Kind.INCIDENT,
            customer=personas.customer,
            contact=personas.contact,
        ),
        by=MAKER,
    )
    ownership.take_ticket(made, by=personas.actor("desk_agent"))
    return Ticket.objects.get(pk=made.pk)


def send(client: Client, ticket: Ticket, **said: object) -> tuple[Message, str]:
    """What was sent, and the address of its undo."""
    url = f"/tickets/{ticket.number}/messages/"
    answer = client.post(url, {"body": "Bonjour.", **said}, headers=HTMX)
    told = json.loads(answer.headers["HX-Trigger"])["opale:toast"]
    return Message.objects.filter(direction="sent").latest("pk"), str(told["undo"])


def promises(ticket: Ticket) -> list[tuple[object, ...]]:
    rows = ticket.commitments.order_by("measure", "starts_at")
    return list(rows.values_list("measure", "due_at", "met_at", "breached_at"))


def test_a_sent_answer_waits_and_goes_back_into_the_box(personas: Personas, ticket: Ticket) -> None:
    client, before = personas.client("desk_agent"), promises(ticket)
    tickets = f"/tickets/{ticket.number}"
    chosen = {"chosen": "1", "to": ["contact@acme.example", "new@acme.example"], "modules": "3,5"}
    message, undo = send(client, ticket, next_update_at="+2h", **chosen)
    mail = message.mail
    assert mail is not None
    assert mail.next_attempt_at - mail.created_at == timedelta(seconds=10)
    job = ProcrastinateJob.objects.get(task_name=SENDING_JOB, args={"mail_id": mail.pk})
    assert job.scheduled_at is not None
    assert promises(ticket) != before or Ticket.objects.get(pk=ticket.pk).customer_told_at

    answer = client.post(undo, headers=HTMX)
    draft = json.loads(answer.headers["HX-Trigger"])["opale:draft"]
    assert (draft["kind"], draft["body"], draft["modules"]) == ("public", "Bonjour.", [3, 5])
    assert draft["promise"]
    drawn = client.get(draft["recipients"]).content.decode()
    assert draft["recipients"].startswith(f"{tickets}/recipients/")
    assert 'value="new@acme.example"' in drawn
    assert not Message.objects.filter(pk=message.pk).exists()
    now = Ticket.objects.get(pk=ticket.pk)
    assert (now.customer_told_at, now.answered_at) == (ticket.customer_told_at, ticket.answered_at)
    assert promises(now) == before
    send_mail(mail.pk)
    assert not OutgoingMail.objects.filter(pk=mail.pk).exists()
    assert client.post(undo, headers=HTMX).status_code == 404


def test_files_wait_beside_the_box_again(personas: Personas, ticket: Ticket) -> None:
    client = personas.client("desk_agent")
    file = SimpleUploadedFile("plan.txt", b"Ici", "text/plain")
    client.post(f"/tickets/{ticket.number}/attachments/?kind=public", {"file": file})
    message, undo = send(client, ticket)
    assert Attachment.objects.get().message == message
    told = json.loads(client.post(undo, headers=HTMX).headers["HX-Trigger"])
    assert told["opale:draft"]["files"] is True
    kept = Attachment.objects.get()
    assert (kept.message, kept.visibility) == (None, "internal")
    assert kept in waiting_attachments(ticket, "public", seen_by=personas.actor("desk_agent"))


def test_what_a_colleague_said_since_stays_said(personas: Personas, ticket: Ticket) -> None:
    client = personas.client("desk_agent")
    _message, undo = send(client, ticket)
    colleague = personas.actor("service_manager")
    later = messages.write_to_customer(ticket, "C’est en cours.", by=colleague)
    assert client.post(undo, headers=HTMX).status_code == 204
    assert Ticket.objects.get(pk=ticket.pk).customer_told_at == later.at


def test_what_has_left_is_not_taken_back(personas: Personas, ticket: Ticket) -> None:
    client = personas.client("desk_agent")
    message, undo = send(client, ticket)
    OutgoingMail.objects.filter(message=message).update(attempts=1)
    answer = client.post(undo, headers=HTMX)
    assert answer.status_code == 409
    assert "Already sent" in json.loads(answer.headers["HX-Trigger"])["opale:toast"]["text"]
    assert Message.objects.filter(pk=message.pk).exists()


def test_only_its_author_takes_it_back(personas: Personas, ticket: Ticket) -> None:
    message, undo = send(personas.client("desk_agent"), ticket)
    assert personas.client("service_manager").post(undo, headers=HTMX).status_code == 403
    assert Message.objects.filter(pk=message.pk).exists()


def test_without_a_wait_it_leaves_at_once(
    personas: Personas, ticket: Ticket, settings: Settings
) -> None:
    settings.SEND_UNDO = timedelta()
    message, undo = send(personas.client("desk_agent"), ticket)
    assert undo == ""
    assert message.mail is not None
    assert message.mail.next_attempt_at == message.mail.created_at


def test_what_is_sent_by_the_api_is_not_delayed(personas: Personas, ticket: Ticket) -> None:
    said = answers.answer_customer(ticket, "Bonjour.", by=personas.actor("desk_agent"))
    assert isinstance(said, Message)
    mail = OutgoingMail.objects.get(message=said)
    assert mail.next_attempt_at == mail.created_at


def test_the_customer_reads_it_when_it_has_left(
    personas: Personas, ticket: Ticket, settings: Settings
) -> None:
    message, _undo = send(personas.client("desk_agent"), ticket)
    contact = personas.actor("customer_contact")

    def read() -> list[list[Message]]:
        """By the API, and on one's own page."""
        by_api = ticket_queries.messages_of(ticket, seen_by=contact).filter(pk=message.pk)
        entries, _older = ticket_timeline(ticket, internal=False)
        return [list(by_api), [entry.row for entry in entries if entry.row == message]]

    assert read() == [[], []]
    with clock.travel(settings.SEND_UNDO):
        assert read() == [[message], [message]]
