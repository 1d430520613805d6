"""Mail that comes in: which ticket, who sent it, what becomes of it, and what never happens."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.messaging.domain.mail_parser.parsed_mail import Address
from opale.messaging.models import Mailbox, OutgoingMail
from opale.run.desk.actions import lifecycle, merges, participants, pauses, splits, unread_tickets
from opale.run.desk.models import (
    News,
    Pause,
    ReceivedMail,
    Ticket,
    TicketLink,
)
from opale.run.desk.tests.builders import House, agent_of, make_ticket
from opale.run.desk.tests.mails import (
    STRANGER,
    answered,
    answering,
    make_house_of_mail,
    make_mailbox,
    signed_for,
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


# A first mail


def test_a_first_mail_is_a_ticket_of_the_contact_with_its_exact_address(
    house: House, box: Mailbox
) -> None:
    handled = take(written(subject="TR: Re: Lien coupé", name="Not Ana"), box)
    ticket = ticket_of(handled)
    assert handled.outcome == "ticket"
    assert (ticket.contact, ticket.customer, ticket.source) == (
        house.contact,
        house.customer,
        "mail",
    )
    assert (ticket.subject, ticket.language) == ("Lien coupé", "fr")
    message = ticket.messages.get(direction="received")
    assert (message.author, message.body) == ("Ana Ruiz", "Bonjour, plus rien.")
    assert message.received.proof == "proven"


def test_a_display_name_makes_nobody_a_contact(house: House, box: Mailbox) -> None:
    ticket = ticket_of(take(written(STRANGER, name="Ana Ruiz <ana@acme.example>"), box))
    assert (ticket.contact, ticket.customer) == (None, None)


def test_an_unknown_address_of_a_domain_is_its_customers(house: House, box: Mailbox) -> None:
    ticket = ticket_of(take(written("bob@lyon.acme.example"), box))
    assert (ticket.contact, ticket.customer) == (None, house.customer)


def test_a_public_mail_domain_is_nobodys_though_a_customer_says_so(
    house: House, box: Mailbox
) -> None:
    with attributed(system("test")):
        house.customer.domains = ["gmail.com", "mail.ru"]
        house.customer.save(update_fields=["domains"])
    for address in ("bob@gmail.com", "bob@mail.ru"):
        assert ticket_of(take(written(address), box)).customer is None


def test_a_human_is_told_once_in_his_language_and_by_a_mail_that_says_it_is_automatic(
    house: House, box: Mailbox
) -> None:
    ticket = ticket_of(take(written(), box))
    mail = OutgoingMail.objects.get()
    assert mail.to == ["ana@acme.example"]
    assert ticket.reference in mail.subject
    assert "Bonjour" in mail.body
    assert mail.headers["Auto-Submitted"].startswith("auto-")
    assert take(answering(ticket, box), box).outcome == "reply"
    assert OutgoingMail.objects.count() == 1


def test_a_mailbox_that_does_not_acknowledge_says_nothing(house: House) -> None:
    take(written(), make_mailbox(acknowledges=False))
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("kind", ["machine", "list"])
def test_a_machine_opens_a_ticket_and_is_never_answered(
    house: House, box: Mailbox, kind: str
) -> None:
    handled = take(written("nagios@acme.example", "Disk full", auto=kind), box)
    assert handled.outcome == "ticket"
    assert ticket_of(handled).customer == house.customer
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Spam-Flag", "YES"),
        ("X-Spam-Status", "Yes, score=9.1 required=5.0"),
        ("X-Spam", "Yes"),
        ("X-Forefront-Antispam-Report", "CIP:192.0.2.1;SCL:5;SFV:SPM;"),
        ("X-MS-Exchange-Organization-SCL", "6"),
    ],
)
def test_spam_is_never_answered(house: House, box: Mailbox, name: str, value: str) -> None:
    assert take(written(headers=((name, value),)), box).outcome == "ticket"
    assert not OutgoingMail.objects.exists()


def test_what_a_filter_found_clean_is_acknowledged_without_naming_who_has_not_read_it(
    house: House, box: Mailbox
) -> None:
    marks = (("X-Spam-Flag", "NO"), ("X-Spam-Status", "No, score=-1"))
    ticket = ticket_of(take(written(headers=marks), box))
    body = OutgoingMail.objects.get().body
    assert "Le centre de services en prendra connaissance" in body
    assert ticket.owner.name not in body


def test_who_says_auto_submitted_is_never_answered(house: House, box: Mailbox) -> None:
    take(written(headers=(("Auto-Submitted", "auto-replied"),)), box)
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("kind", ["reply", "bounce"])
def test_an_answering_machine_on_no_ticket_is_left_alone_and_the_reason_said(
    house: House, box: Mailbox, kind: str
) -> None:
    handled = take(written(subject="Absence", auto=kind), box)
    assert (handled.outcome, bool(handled.reason)) == ("ignored", True)
    assert not Ticket.objects.exists()


def test_what_opale_wrote_itself_is_left_alone(house: House, box: Mailbox) -> None:
    assert take(written(auto="ours"), box).outcome == "ignored"
    assert take(written(box.address, auto="machine"), box).outcome == "ignored"
    assert not Ticket.objects.exists()


def test_the_rules_of_a_mailbox_say_kind_and_stream(house: House, box: Mailbox) -> None:
    administrator = replace(agent_of(house.agent), unlimited=True)
    participants.edit_mailbox_rules(
        box, by=administrator, stream="corporate", kind="incident", believes=False
    )
    ticket = ticket_of(take(written(STRANGER), box))
    assert (ticket.kind, ticket.stream) == ("incident", "corporate")


# Which ticket


def test_an_answer_goes_where_its_message_id_says_whatever_the_subject(
    house: House, box: Mailbox
) -> None:
    ticket, other = answered(house), make_ticket(house)
    mail = replace(answering(ticket, box), subject=f"Re: {other.reference}")
    handled = take(mail, box)
    assert (handled.outcome, ticket_of(handled)) == ("reply", ticket)
    why = ReceivedMail.objects.get().why
    assert {(one["kind"], one["number"]) for one in why} == {
        ("answered", ticket.number),
        ("number", other.number),
    }


def test_a_signed_address_outweighs_a_message_id_and_a_number_together(
    house: House, box: Mailbox
) -> None:
    ticket, other = make_ticket(house), answered(house)
    to = Address("", signed_for(ticket, box))
    assert ticket_of(take(replace(answering(other, box), to=(to,)), box)) == ticket


def test_a_forged_token_is_no_token(house: House, box: Mailbox) -> None:
    ticket = make_ticket(house)
    token = signed_for(ticket, box)
    for bad in (token.replace("t.", "t.x"), f"support+t.{ticket.pk}@nuage.example"):
        handled = take(replace(written(STRANGER), to=(Address("", bad),)), box)
        assert (handled.outcome, ticket_of(handled) != ticket) == ("ticket", True)


def test_an_answer_to_a_merged_number_follows(house: House, box: Mailbox) -> None:
    ticket, into = answered(house), make_ticket(house)
    mail = answering(ticket, box)
    merges.merge_tickets([ticket], into, by=agent_of(house.agent))
    assert ticket_of(take(mail, box)) == into
    to = Address("", signed_for(ticket, box))
    assert ticket_of(take(replace(written(), to=(to,)), box)) == into


def test_an_answer_goes_to_the_ticket_that_holds_what_it_answers(
    house: House, box: Mailbox
) -> None:
    ticket = answered(house)
    mail = answering(ticket, box)
    signed = replace(mail, to=(Address("", signed_for(ticket, box)),))
    sent = ticket.messages.get(direction="sent")
    split = splits.split_ticket(ticket, [sent], by=agent_of(house.agent))
    assert ticket_of(take(signed, box)) == split


def test_an_answer_to_a_closed_ticket_reopens_it_and_later_opens_a_linked_one(
    house: House, box: Mailbox
) -> None:
    ticket, by = answered(house), agent_of(house.agent)
    lifecycle.resolve_ticket(ticket, by=by)
    assert ticket_of(take(answering(ticket, box), box)).state == "resolved"
    lifecycle.close_ticket(ticket, by=by)
    with clock.travel(timedelta(days=13)):
        assert ticket_of(take(answering(ticket, box), box)).state == "in_progress"
        lifecycle.resolve_ticket(ticket, by=by)
        lifecycle.close_ticket(ticket, by=by)
        late = answering(ticket, box)
    with clock.travel(timedelta(days=28)):
        handled = take(late, box)
    new = ticket_of(handled)
    assert (handled.outcome, new != ticket) == ("ticket", True)
    link = TicketLink.objects.get()
    assert (link.ticket, link.kind, link.other) == (new, "related_to", ticket)


def test_a_machine_reopens_nothing(house: House, box: Mailbox) -> None:
    ticket, by = answered(house), agent_of(house.agent)
    lifecycle.resolve_ticket(ticket, by=by)
    lifecycle.close_ticket(ticket, by=by)
    handled = take(answering(ticket, box, auto="machine"), box)
    assert ticket_of(handled).state == "closed"
    assert ticket.messages.filter(direction="received", incoming__isnull=False).exists()


def test_an_answer_ends_the_wait_for_the_customer_and_is_news_for_the_owner(
    house: House, box: Mailbox
) -> None:
    ticket, by = answered(house), agent_of(house.agent)
    pauses.pause_ticket(ticket, Pause.Kind.CUSTOMER, by=by, confirmed=True)
    take(answering(ticket, box), box)
    ticket.refresh_from_db()
    assert ticket.state == "in_progress"
    assert News.objects.filter(ticket=ticket).exists()
    unread_tickets.mark_read(
        ticket, by=agent_of(house.other if ticket.owner == house.agent else house.agent)
    )
    assert News.objects.exists()
    unread_tickets.mark_read(ticket, by=agent_of(ticket.owner))
    assert not News.objects.exists()
