"""To whom a reply goes: chosen, shown with what they may, and strangers named."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.personas import MAKER, Personas

from opale.customers.models import Contact
from opale.kernel.attribution import attributed
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions import (
    answers,
    assignments,
    commitments,
    merges,
    official_sentences,
    ownership,
    pauses,
    ticket_creation,
    ticket_metadata,
)
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Commitment, Kind, Pause, ProposedAnswer, Source, Ticket
from opale.run.desk.models.escalation import AskReason
from opale.run.desk.queries import recipients

pytestmark = pytest.mark.django_db


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
    return made


def follower(personas: Personas, ticket: Ticket) -> Contact:
    with attributed(MAKER):
        contact = Contact.objects.create(
            customer=personas.customer, name="Paul", email="paul@acme.example", language="en"
        )
    ticket_metadata.add_watcher(ticket, by=MAKER, contact=contact)
    return contact


def sent() -> OutgoingMail:
    return OutgoingMail.objects.latest("pk")


def test_everybody_is_named_for_what_they_are(personas: Personas, ticket: Ticket) -> None:
    emails = [
        "contact@acme.example",
        "new@acme.example",
        "desk_agent@opale.example",
        "CONTACT@beta.example",
        "who@gmail.example",
    ]
    found = recipients.identify_recipients(ticket, emails)
    assert [(person.email, person.standing) for person in found] == list(
        zip(emails, ["known", "neighbour", "colleague", "foreign", "stranger"], strict=True)
    )
    assert [person.alarming for person in found] == [False, False, False, True, True]


def test_without_a_choice_the_contact_is_written_to_and_followers_get_a_copy(
    personas: Personas, ticket: Ticket
) -> None:
    follower(personas, ticket)
    client = personas.client("desk_agent")
    drawn = client.get(f"/tickets/{ticket.number}/recipients/").content.decode()
    assert 'name="to" value="contact@acme.example"' in drawn
    assert 'name="cc" value="paul@acme.example"' in drawn
    client.post(f"/tickets/{ticket.number}/messages/", {"body": "Bonjour."})
    assert (sent().to, sent().cc) == (["contact@acme.example"], ["paul@acme.example"])


def test_chosen_recipients_and_no_others(personas: Personas, ticket: Ticket) -> None:
    follower(personas, ticket)
    client, url = personas.client("desk_agent"), f"/tickets/{ticket.number}/recipients/"
    asked = "?chosen=1&to=contact@acme.example&cc=paul@acme.example&drop=cc:paul@acme.example"
    drawn = client.get(url + asked).content.decode()
    assert 'name="cc" value' not in drawn
    said = {"body": "Bonjour.", "chosen": "1", "to": ["contact@acme.example", "new@acme.example"]}
    client.post(f"/tickets/{ticket.number}/messages/", said)
    assert (sent().to, sent().cc) == (["contact@acme.example", "new@acme.example"], [])


def test_a_stranger_is_warned_of_and_a_foreign_contact_too(
    personas: Personas, ticket: Ticket
) -> None:
    client, url = personas.client("desk_agent"), f"/tickets/{ticket.number}/recipients/"
    drawn = client.get(f"{url}?chosen=1&add_to=Who <who@gmail.example>").content.decode()
    assert "No contact of Acme has an address at gmail.example." in drawn
    drawn = client.get(f"{url}?chosen=1&add_cc=contact@beta.example").content.decode()
    assert "contact@beta.example belongs to another customer: Beta." in drawn
    drawn = client.get(f"{url}?chosen=1&add_to=nonsense").content.decode()
    assert "is not a valid e-mail address" in drawn


@pytest.mark.parametrize("to", [[], ["nonsense"]])
def test_nobody_and_nonsense_are_refused_before_anything_is_sent(
    personas: Personas, ticket: Ticket, to: list[str]
) -> None:
    before = OutgoingMail.objects.count()
    answer = personas.client("desk_agent").post(
        f"/tickets/{ticket.number}/messages/",
        {"body": "Bonjour.", "chosen": "1", "to": to},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 422
    assert OutgoingMail.objects.count() == before


def test_whom_the_engineer_left_out_gets_no_copy_when_the_owner_sends(
    personas: Personas, ticket: Ticket
) -> None:
    follower(personas, ticket)
    answer = answers.answer_customer(ticket, "Réparé.", by=personas.actor("run_engineer"), cc=[])
    assert isinstance(answer, ProposedAnswer)
    answers.send_answer(answer, by=personas.actor("desk_agent"))
    assert sent().cc == []


def test_the_sentence_is_offered_in_the_language_of_the_recipient(
    personas: Personas, ticket: Ticket
) -> None:
    agent = personas.actor("desk_agent")
    official_sentences.publish_sentence(
        ticket, "Une fibre est coupée.", "A fibre is cut.", by=agent
    )
    drawn = personas.client("desk_agent").get(f"/tickets/{ticket.number}/recipients/")
    assert 'data-insert="A fibre is cut."' in drawn.content.decode()


MOST_STATEMENTS = 24
"""Of a reply by the API, the frame of its transaction included: it may take 20 ms."""


def test_a_reply_asks_little(personas: Personas, ticket: Ticket) -> None:
    client = personas.client("desk_agent")

    def reply(key: str) -> None:
        answer = client.post(
            f"/api/v1/tickets/{ticket.number}/messages",
            {"body": "We look into it."},
            "application/json",
            headers={"Idempotency-Key": key},
        )
        assert answer.status_code == 201

    reply("first")  # what a process reads once is not the reply's
    with CaptureQueriesContext(connection) as asked:
        reply("second")
    # Those of the session are the page's frame, not the reply's.
    own = [one["sql"] for one in asked if "session" not in one["sql"]]
    assert len(own) <= MOST_STATEMENTS, "\n".join(own)


@pytest.mark.parametrize("seldom", ["nothing", "a wait", "work asked", "a merge"])
def test_after_a_reply_the_clocks_are_those_of_the_whole_record(
    personas: Personas, ticket: Ticket, seldom: str
) -> None:
    by = personas.actor("desk_agent")
    if seldom == "a wait":
        pauses.pause_ticket(ticket, Pause.Kind.CUSTOMER, by=by, confirmed=True)
    elif seldom == "work asked":
        asked = assignments.WorkRequest(team=personas.teams["run_engineer"], reason=AskReason.SKILL)
        assignments.request_work(ticket, asked, by=by)
    elif seldom == "a merge":
        other = ticket_creation.receive_ticket(
            NewTicket(subject="Aussi", source=Source.MAIL, customer=personas.customer), by=MAKER
        )
        merges.merge_tickets([other], ticket, by=by)
    answers.answer_customer(ticket, "We look into it.", by=by)

    def stored() -> list[tuple[object, ...]]:
        rows = Commitment.objects.filter(ticket=ticket).order_by("measure", "starts_at", "id")
        return list(rows.values_list("measure", "starts_at", "due_at", "met_at", "breached_at"))

    before = stored()
    commitments.rebuild_commitments(Ticket.objects.filter(pk=ticket.pk))
    assert before == stored()
    assert before


def test_a_reply_leaves_the_indexes_of_its_ticket_as_they_are(
    personas: Personas, ticket: Ticket
) -> None:
    """A million tickets stand in twenty indexes: they are not written for who was told when."""
    others = [Ticket.objects.get(pk=ticket.pk) for _ in range(100)]
    for number, other in enumerate(others, start=ticket.number + 1):
        other.pk, other.number = None, number
    asked = """SELECT pg_stat_get_xact_tuples_updated('desk_ticket'::regclass),
        pg_stat_get_xact_tuples_hot_updated('desk_ticket'::regclass)"""
    with transaction.atomic(), connection.cursor() as cursor:
        beside = Ticket.objects.bulk_create(others)[50]  # its page is as full as pages get
        cursor.execute(asked)
        updated, in_their_page = cursor.fetchone()
        answers.answer_customer(beside, "Réparé.", by=personas.actor("desk_agent"))
        cursor.execute(asked)
        assert cursor.fetchone() == (updated + 1, in_their_page + 1)
        transaction.set_rollback(True)  # nobody owns those others
