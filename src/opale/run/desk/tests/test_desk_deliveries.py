"""What became of what was sent stands on the ticket, in words, with what can be done about it."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.personas import MAKER, Personas

from opale.kernel import clock
from opale.kernel.actor import system
from opale.messaging.actions.bounces import record_bounce, record_delivery
from opale.messaging.actions.outgoing import SENDER
from opale.messaging.actions.suppressions import suppress_address
from opale.messaging.domain.failure_reasons import COMPLAINT_STATUS
from opale.messaging.domain.mail_parser.parsed_mail import FailedRecipient
from opale.messaging.facts import MailBounced
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions import messages, ownership, ticket_creation
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Kind, Message, Source, Ticket
from opale.run.desk.queries import recipients

pytestmark = pytest.mark.django_db

ADDRESS = "contact@acme.example"
BOUNCED = "5.1.1 smtp; 550 No such user"


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
    messages.write_to_customer(made, "Bonjour.", by=personas.actor("desk_agent"))
    return made


@pytest.fixture
def agent(personas: Personas) -> Client:
    return personas.client("desk_agent")


def told(agent: Client, ticket: Ticket) -> str:
    return agent.get(f"/tickets/{ticket.number}/timeline/").content.decode()


def state_of_mail(**fields: object) -> OutgoingMail:
    OutgoingMail.objects.update(**fields)
    return OutgoingMail.objects.get()


def test_each_state_of_a_mail_is_told_on_the_ticket(agent: Client, ticket: Ticket) -> None:
    assert "Waiting to be sent" in told(agent, ticket)
    at = clock.now()
    mail = state_of_mail(last_error="450 4.2.0 Greylisted", next_attempt_at=at)
    assert "The recipient&#x27;s server asks to retry later." in told(agent, ticket)
    state_of_mail(state="failed", last_error=f"{ADDRESS}: 550 5.1.1 No such user")
    page = told(agent, ticket)
    assert "550 5.1.1 No such user" in page
    assert "Ask the customer for the right address" in page
    assert f"/mail/{mail.pk}/" in page
    state_of_mail(state="failed", last_error="suppressed")
    assert "The address is suppressed." in told(agent, ticket)
    state_of_mail(state="sent", sent_at=at + timedelta(seconds=1), last_error="")
    assert "Not delivered" not in told(agent, ticket)
    record_delivery(mail, [ADDRESS], by=SENDER)
    assert ", delivered" in told(agent, ticket)
    mail = state_of_mail(refused=[ADDRESS], last_error=f"{ADDRESS}: 550 5.2.2 Mailbox full")
    assert "The mailbox is full." in told(agent, ticket)
    state_of_mail(refused=[], last_error="")
    record_bounce(mail, [FailedRecipient(ADDRESS, "5.1.1", "smtp; 550 No such user")], by=SENDER)
    page = told(agent, ticket)
    assert f"Bounced from {ADDRESS}: This address does not exist." in page
    assert ", delivered" not in page


def test_the_owner_is_told_of_what_came_back(ticket: Ticket) -> None:
    mail = state_of_mail(state="sent", sent_at=clock.now())
    record_bounce(mail, [FailedRecipient(ADDRESS, "5.1.1", "smtp; 550 No such user")], by=SENDER)
    fact = MailBounced(mail_id=mail.pk, origin=mail.origin, addresses=(ADDRESS,))
    messages.record_bounced_mail(fact, system("desk.note_bounced_mail"))
    (note,) = Message.objects.filter(ticket=ticket, visibility="internal")
    assert ADDRESS in note.body
    assert "This address does not exist." in note.body or "adresse" in note.body


def test_the_owner_is_told_that_a_mail_was_reported_as_spam(agent: Client, ticket: Ticket) -> None:
    mail = state_of_mail(state="sent", sent_at=clock.now())
    record_bounce(mail, [FailedRecipient(ADDRESS, "", COMPLAINT_STATUS)], by=SENDER)
    assert f"Reported as spam by {ADDRESS}." in told(agent, ticket)
    fact = MailBounced(mail_id=mail.pk, origin=mail.origin, addresses=(ADDRESS,))
    messages.record_bounced_mail(fact, system("desk.note_bounced_mail"))
    (note,) = Message.objects.filter(ticket=ticket, visibility="internal")
    assert "spam" in note.body
    assert "%" not in note.body


def test_an_address_that_takes_no_mail_is_said_before_one_sends(
    agent: Client, ticket: Ticket
) -> None:
    suppress_address(ADDRESS, by=SENDER, answer=BOUNCED)
    (person,) = recipients.identify_recipients(ticket, [ADDRESS.title()])
    assert person.takes_none
    chips = agent.get(f"/tickets/{ticket.number}/recipients/").content.decode()
    assert "takes no mail" in chips
