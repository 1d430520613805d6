"""What of a mail is kept, and what machines and floods never bring about."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from opale.kernel import clock
from opale.kernel.actor import system
from opale.messaging.actions.process_incoming import process_mails
from opale.messaging.domain.mail_parser.parsed_mail import Address, Bounce, FailedRecipient, Part
from opale.messaging.domain.mail_parser.parser import parse_mail
from opale.messaging.models import IncomingMail, Mailbox, OutgoingMail
from opale.messaging.queries.reply_tokens import origin_of_address
from opale.messaging.tests.machine_mails import BY_KIND
from opale.messaging.tests.samples import mail
from opale.run.desk.actions import incoming_mail, messages, pauses, splits
from opale.run.desk.actions.messages import addressees_of
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import (
    Attachment,
    Message,
    News,
    Pause,
    ReceivedMail,
    Source,
    Ticket,
)
from opale.run.desk.queries import incoming_mail as incoming_mail_queries
from opale.run.desk.tests.builders import House, agent_of, make_house
from opale.run.desk.tests.mails import (
    STRANGER,
    answered,
    answering,
    kept,
    make_house_of_mail,
    make_mailbox,
    take,
    ticket_of,
    written,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(settings: Any, tmp_path: Any) -> House:
    return make_house_of_mail(settings, tmp_path)


@pytest.fixture
def box(house: House) -> Mailbox:
    return make_mailbox()


# Machines and copies


def test_no_program_is_ever_answered(house: House, box: Mailbox) -> None:
    """It opens a quiet ticket at most."""
    greeted = take(parse_mail(mail("Bonjour", From="Léa <lea@human.example>")), box)
    assert greeted.outcome == "ticket"
    sent = OutgoingMail.objects.count()
    assert sent == 1
    for kind, mails in BY_KIND.items():
        for number, raw in enumerate(mails.values()):
            parsed = replace(parse_mail(raw), message_id=f"<{kind}-{number}@client.example>")
            take(parsed, box)
    assert OutgoingMail.objects.count() == sent
    opened = Ticket.objects.exclude(pk=ticket_of(greeted).pk)
    assert opened.count() > 40


def test_a_ticket_says_that_its_acknowledgement_was_kept_back(house: House, box: Mailbox) -> None:
    """Ten mails of one person within seconds: four are acknowledged, six say why they are not."""
    written_by = "Léa <lea@human.example>"
    parsed = [parse_mail(mail(f"Question {n}", From=written_by)) for n in range(10)]
    taken = [
        take(replace(one, message_id=f"<{n}@human.example>"), box) for n, one in enumerate(parsed)
    ]
    opened = [ticket_of(one) for one in taken]
    assert len({one.pk for one in opened}) == 10
    assert OutgoingMail.objects.filter(to__contains=["lea@human.example"]).count() == 4
    notes = Message.objects.filter(ticket__in=opened, visibility=Message.Visibility.INTERNAL)
    assert [one.ticket_id for one in notes.order_by("ticket_id")] == [one.pk for one in opened[4:]]
    (body,) = set(notes.values_list("body", flat=True))
    assert "lea@human.example" in body
    assert " 4 " in body


def test_an_out_of_office_is_a_note_that_wakes_nobody(house: House, box: Mailbox) -> None:
    ticket, by = answered(house), agent_of(house.agent)
    pauses.pause_ticket(ticket, Pause.Kind.CUSTOMER, by=by, confirmed=True)
    handled = take(answering(ticket, box, auto="reply", text="Absente jusqu'à lundi."), box)
    ticket.refresh_from_db()
    assert (handled.outcome, ticket.state) == ("automatic", "pending")
    assert ticket.messages.get(incoming__isnull=False).visibility == "internal"
    assert not News.objects.exists()


def test_a_bounce_of_an_acknowledgement_is_noted_where_it_belongs_and_answers_nothing(
    house: House, box: Mailbox
) -> None:
    ticket = ticket_of(take(written(), box))
    bounce = answering(ticket, box, by="mailer-daemon@acme.example", auto="bounce")
    handled = take(bounce, box)
    assert (handled.outcome, ticket_of(handled)) == ("bounce", ticket)
    assert OutgoingMail.objects.count() == 1
    assert Ticket.objects.count() == 1


def test_a_bounce_that_names_our_mail_is_told_beside_it_and_needs_no_note(
    house: House, box: Mailbox
) -> None:
    """As mail servers write it: to the sender's plain address, and in answer to nothing."""
    ticket = ticket_of(take(written(), box))
    sent = OutgoingMail.objects.get()
    failed = Bounce((FailedRecipient("ana@acme.example", "5.1.1"),), sent.message_id)
    handled = take(written("mailer-daemon@mx.example", auto="bounce", bounce=failed), box)
    assert (handled.outcome, ticket_of(handled)) == ("bounce", ticket)
    assert not ticket.messages.filter(visibility="internal").exists()
    unknown = replace(failed, original_message_id="<nobody@knows.example>")
    handled = take(written("mailer-daemon@mx.example", auto="bounce", bounce=unknown), box)
    assert handled.outcome == "ignored"


def test_the_same_mail_twice_is_one_message(house: House, box: Mailbox) -> None:
    parsed = written()
    mail = kept(parsed, box)
    first, second = (
        incoming_mail.process_incoming_mail(mail, parsed),
        incoming_mail.process_incoming_mail(mail, parsed),
    )
    assert (first.outcome, second.outcome) == ("ticket", "duplicate")
    assert first.origin == second.origin
    assert Message.objects.filter(direction="received").count() == 1


def test_an_answer_leaves_from_the_mailbox_and_names_the_mail_and_the_number_of_the_other_side(
    house: House, box: Mailbox
) -> None:
    ticket = ticket_of(take(written(subject="[#4711] Lien"), box))
    messages.write_to_customer(ticket, "Voici.", by=agent_of(ticket.owner))
    mail, heard = OutgoingMail.objects.latest("pk"), IncomingMail.objects.latest("pk")
    assert mail.headers["In-Reply-To"] == heard.message_id
    assert "[#4711]" in mail.subject
    assert ticket.reference in mail.subject
    assert box.address in mail.sender
    assert origin_of_address(mail.headers["Reply-To"]) == f"desk.ticket:{ticket.pk}"


def test_a_number_that_is_only_quoted_is_not_that_of_whoever_quotes_it(
    house: House, box: Mailbox
) -> None:
    ticket = ticket_of(take(written(subject="[#4711] Lien"), box))
    new = ticket_of(take(replace(answering(ticket, box, by=STRANGER), subject="[#4711]"), box))
    assert not new.references.exists()
    assert ticket.references.get().party == "acme.example"


# What is kept


def test_files_are_kept_by_what_they_are_and_programs_are_told(house: House, box: Mailbox) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
    parts = (
        Part("logo.png", "image/png", "Logo@1", True, png),
        Part("../../page.html", "text/html", "", False, b"<!DOCTYPE html><script>1</script>"),
        Part("setup.exe", "application/octet-stream", "", False, b"MZ\x90"),
        Part("vide.txt", "text/plain", "", False, b""),
    )
    html = '<p><b>Voici</b> <img src="cid:Logo@1"><img src="https://spy.example/p.gif"></p>'
    ticket = ticket_of(take(written(parts=parts, html=html), box))
    names = dict(Attachment.objects.values_list("name", "content_id"))
    assert names == {"logo.png": "logo@1", "page.html": ""}
    row = ReceivedMail.objects.get()
    assert [one["name"] for one in row.left_out] == ["setup.exe", "vide.txt"]
    assert (row.remote_pictures, "spy.example" in row.html) == (1, False)
    assert Attachment.objects.filter(ticket=ticket).count() == 2


def test_a_file_of_a_mail_may_be_larger_than_one_that_is_attached(
    house: House, box: Mailbox, settings: Any
) -> None:
    settings.ATTACHMENT_LIMIT, settings.MAIL_LIMIT = 100, 2000
    parts = tuple(
        Part(name, "application/pdf", "", False, b"%PDF-1.7\n" + b"x" * size)
        for name, size in (("plan.pdf", 1500), ("impossible.pdf", 2000))
    )
    ticket = ticket_of(take(written(parts=parts), box))
    assert Attachment.objects.get(ticket=ticket).name == "plan.pdf"
    assert [one["name"] for one in ReceivedMail.objects.get().left_out] == ["impossible.pdf"]


def test_a_copied_message_is_still_the_mail_that_it_was(house: House, box: Mailbox) -> None:
    ticket = ticket_of(take(written(), box))
    message = ticket.messages.get(direction="received")
    new = splits.split_ticket(ticket, [message], by=agent_of(house.agent), copy=True)
    copy = new.messages.get()
    assert (copy.incoming, copy.received.address) == (message.incoming, "ana@acme.example")


def test_a_mail_wants_its_answer_where_it_says_and_copies_stay(house: House, box: Mailbox) -> None:
    ticket = answered(house)
    mail = replace(
        answering(ticket, box),
        reply_to=(Address("", "it@acme.example"),),
        cc=(Address("", "bob@acme.example"), Address("", "support+x@nuage.example")),
    )
    take(mail, box)
    to, cc = addressees_of(ticket)
    assert to == ["it@acme.example"]
    assert cc == ["ana@acme.example", "bob@acme.example"]


# Loops


def test_a_flood_is_kept_on_the_last_ticket_and_nothing_is_lost(house: House, box: Mailbox) -> None:
    for number in range(35):
        take(written("nagios@acme.example", f"Disk {number}", auto="machine"), box)
    assert Ticket.objects.count() == 30
    assert Message.objects.filter(incoming__isnull=False).count() == 35
    assert [row.kind for row in incoming_mail_queries.breakers()] == ["opened"]


def test_a_mail_without_sender_or_subject_is_a_ticket_all_the_same(
    house: House, box: Mailbox
) -> None:
    ticket = ticket_of(take(written("", "", "", name=""), box))
    assert ticket.subject
    assert not OutgoingMail.objects.exists()
    assert (
        receive_ticket(NewTicket(subject="x", source=Source.MAIL), by=system("mail")).stream == ""
    )


def test_a_mail_that_comes_before_there_is_a_service_desk_waits_for_it() -> None:
    """However long: it is no fault of the mail, and stands in no quarantine."""
    mail = kept(written(), make_mailbox())
    for hours in range(12):
        with clock.travel(timedelta(hours=hours)):
            process_mails()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("received", 12)
    assert mail.reason.startswith("No team is set as the service desk.")
    make_house()
    with clock.travel(timedelta(hours=12)):
        process_mails()
    mail.refresh_from_db()
    assert mail.outcome == "ticket"
