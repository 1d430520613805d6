"""Mail that comes in: which ticket, who sent it, what becomes of it, and what never happens."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Count

from opale.infrastructure.models import Supplier
from opale.kernel import clock
from opale.kernel.acting import acting
from opale.kernel.actor import system
from opale.kernel.errors import Conflict
from opale.messaging.actions import process_mails
from opale.messaging.incoming import Address, Part
from opale.messaging.models import Mailbox, OutgoingMail
from opale.messaging.queries import origin_of
from opale.run.desk import actions, queries
from opale.run.desk.actions import Ask, NewTicket, receive_ticket
from opale.run.desk.actions.conversing import addressees_of
from opale.run.desk.models import (
    Attachment,
    ExternalReference,
    Message,
    News,
    Participant,
    Pause,
    ProposedLink,
    ReceivedMail,
    Source,
    Ticket,
    TicketLink,
)
from opale.run.desk.tests.builders import House, agent_of, make_customer, make_house, make_ticket
from opale.run.desk.tests.mails import (
    FORGED,
    UNCHECKED,
    answering,
    kept,
    make_mailbox,
    signed_for,
    take,
    ticket_of,
    written,
)

pytestmark = pytest.mark.django_db
STRANGER = "eve@elsewhere.example"


@pytest.fixture
def house(settings: Any, tmp_path: Any) -> House:
    settings.MEDIA_ROOT = str(tmp_path)
    found = make_house()
    with acting(system("test")):
        found.customer.domains = ["acme.example"]
        found.customer.save(update_fields=["domains"])
    return found


@pytest.fixture
def box(house: House) -> Mailbox:
    return make_mailbox()


def answered(house: House, body: str = "C'est noté.") -> Ticket:
    """A ticket of Ana, to which the desk has written."""
    ticket = make_ticket(house)
    actions.write_to_customer(ticket, body, by=agent_of(house.agent))
    ticket.refresh_from_db()
    return ticket


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
    with acting(system("test")):
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
    actions.edit_mailbox_rules(
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
    actions.merge_tickets([ticket], into, by=agent_of(house.agent))
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
    split = actions.split_ticket(ticket, [sent], by=agent_of(house.agent))
    assert ticket_of(take(signed, box)) == split


def test_an_answer_to_a_closed_ticket_reopens_it_and_later_opens_a_linked_one(
    house: House, box: Mailbox
) -> None:
    ticket, by = answered(house), agent_of(house.agent)
    actions.resolve_ticket(ticket, by=by)
    assert ticket_of(take(answering(ticket, box), box)).state == "resolved"
    actions.close_ticket(ticket, by=by)
    with clock.travel(timedelta(days=13)):
        assert ticket_of(take(answering(ticket, box), box)).state == "in_progress"
        actions.resolve_ticket(ticket, by=by)
        actions.close_ticket(ticket, by=by)
        late = answering(ticket, box)
    with clock.travel(timedelta(days=28)):
        handled = take(late, box)
    new = ticket_of(handled)
    assert (handled.outcome, new != ticket) == ("ticket", True)
    link = TicketLink.objects.get()
    assert (link.ticket, link.kind, link.other) == (new, "related_to", ticket)


def test_a_machine_reopens_nothing(house: House, box: Mailbox) -> None:
    ticket, by = answered(house), agent_of(house.agent)
    actions.resolve_ticket(ticket, by=by)
    actions.close_ticket(ticket, by=by)
    handled = take(answering(ticket, box, auto="machine"), box)
    assert ticket_of(handled).state == "closed"
    assert ticket.messages.filter(direction="received", incoming__isnull=False).exists()


def test_an_answer_ends_the_wait_for_the_customer_and_is_news_for_the_owner(
    house: House, box: Mailbox
) -> None:
    ticket, by = answered(house), agent_of(house.agent)
    actions.pause_ticket(ticket, Pause.Kind.CUSTOMER, by=by)
    take(answering(ticket, box), box)
    ticket.refresh_from_db()
    assert ticket.state == "in_progress"
    assert News.objects.filter(ticket=ticket).exists()
    actions.see_news(
        ticket, by=agent_of(house.other if ticket.owner == house.agent else house.agent)
    )
    assert News.objects.exists()
    actions.see_news(ticket, by=agent_of(ticket.owner))
    assert not News.objects.exists()


# Who may join


def test_a_forged_sender_joins_nothing_and_is_no_contact(house: House, box: Mailbox) -> None:
    ticket = answered(house)
    to = Address("", signed_for(ticket, box))
    handled = take(replace(answering(ticket, box, authenticated=FORGED), to=(to,)), box)
    new = ticket_of(handled)
    assert (handled.outcome, new.contact, new.customer) == ("proposed", None, None)
    assert not ticket.messages.filter(incoming__isnull=False).exists()
    assert new.messages.get().received.proof == "forged"
    assert OutgoingMail.objects.count() == 1


def test_a_number_in_the_subject_alone_never_lets_a_stranger_in(house: House, box: Mailbox) -> None:
    ticket = make_ticket(house)
    handled = take(written(STRANGER, f"Re: [{ticket.reference}] Lien"), box)
    assert (handled.outcome, ticket_of(handled) != ticket) == ("proposed", True)
    again = take(written(subject=f"[{ticket.reference}]", authenticated=UNCHECKED), box)
    assert again.outcome == "proposed"


def test_a_number_in_the_subject_is_enough_for_the_contact_whom_our_server_has_proven(
    house: House, box: Mailbox
) -> None:
    ticket = make_ticket(house)
    assert ticket_of(take(written(subject=f"Au fait, {ticket.reference}"), box)) == ticket


def test_a_mailbox_may_believe_senders_of_whom_nobody_says_anything(
    house: House, box: Mailbox
) -> None:
    administrator = replace(agent_of(house.agent), unlimited=True)
    actions.edit_mailbox_rules(box, by=administrator, stream="", kind="request", believes=True)
    ticket = make_ticket(house)
    mail = written(subject=ticket.reference, authenticated=UNCHECKED)
    assert ticket_of(take(mail, box)) == ticket
    forged = written(subject=ticket.reference, authenticated=FORGED)
    assert take(forged, box).outcome == "proposed"


def test_a_proven_sender_of_the_customers_domain_is_a_new_participant(
    house: House, box: Mailbox
) -> None:
    ticket, by = answered(house), agent_of(house.agent)
    handled = take(answering(ticket, box, by="bob@acme.example", name="Bob"), box)
    assert (handled.outcome, ticket_of(handled)) == ("participant", ticket)
    row = Participant.objects.get()
    assert (row.address, row.state) == ("bob@acme.example", "new")
    assert actions.recipients_of(ticket) == ["ana@acme.example"]
    to, cc = addressees_of(ticket)
    assert "bob@acme.example" not in [*to, *cc]
    actions.accept_participant(row, by=by)
    take(answering(ticket, box, by="bob@acme.example"), box)
    assert addressees_of(ticket) == (["bob@acme.example"], ["ana@acme.example"])
    actions.remove_participant(row, by=by)
    assert take(answering(ticket, box, by="bob@acme.example"), box).outcome == "proposed"


def test_nobody_of_the_domain_joins_unproven(house: House, box: Mailbox) -> None:
    ticket = answered(house)
    mail = answering(ticket, box, by="bob@acme.example", authenticated=UNCHECKED)
    assert take(mail, box).outcome == "proposed"


def test_a_confidential_ticket_takes_nobody_new(house: House, box: Mailbox) -> None:
    ticket, by = answered(house), agent_of(house.agent)
    actions.set_confidential(ticket, True, by=by)
    handled = take(answering(ticket, box, by="bob@acme.example"), box)
    assert handled.outcome == "proposed"
    assert not Participant.objects.exists()
    note = ticket.messages.get(direction="note")
    assert ticket_of(handled).reference in note.body
    assert take(answering(ticket, box), box).outcome == "reply"


def test_a_contact_of_another_customer_joins_nothing(house: House, box: Mailbox) -> None:
    with acting(system("test")):
        beta = make_customer(house.calendar, "BETA", "Beta")
        beta.domains = ["beta.example"]
        beta.save(update_fields=["domains"])
    ticket = answered(house)
    handled = take(answering(ticket, box, by="zoe@beta.example"), box)
    assert (handled.outcome, ticket_of(handled).customer) == ("proposed", beta)


def test_somebody_we_wrote_to_answers_on_the_ticket(house: House, box: Mailbox) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    actions.write_to_customer(ticket, "Voici.", by=by, cc=["Max@Consultant.example"])
    handled = take(answering(ticket, box, by="max@consultant.example"), box)
    assert (handled.outcome, ticket_of(handled)) == ("reply", ticket)


def test_a_stranger_goes_on_with_the_ticket_that_is_his_own(house: House, box: Mailbox) -> None:
    ticket = ticket_of(take(written(STRANGER), box))
    assert ticket_of(take(answering(ticket, box, by=STRANGER), box)) == ticket


def test_a_colleague_writes_a_note(house: House, box: Mailbox) -> None:
    ticket = answered(house)
    take(answering(ticket, box, by="1@nuage.example"), box)
    note = ticket.messages.get(incoming__isnull=False)
    assert (note.visibility, note.person) == ("internal", house.agent)


def test_a_carriers_machine_stays_internal_and_wakes_the_owner(house: House, box: Mailbox) -> None:
    with acting(system("test")):
        carrier = Supplier.objects.create(
            name="Armor Fibre", kind="carrier", email="noc@armor.example", language="fr"
        )
    ticket, by = make_ticket(house), agent_of(house.agent)
    by = replace(by, unlimited=True)
    asked = actions.ask_for_work(ticket, Ask(supplier=carrier), by=by)
    actions.mail_supplier(asked, "Le lien est coupé.", by=by)
    mail = answering(ticket, box, by="tickets@armor.example", auto="machine")
    handled = take(replace(mail, subject=f"[#4711] {mail.subject}"), box)
    assert ticket_of(handled) == ticket
    note = ticket.messages.get(incoming__isnull=False)
    assert (note.visibility, note.assignment, note.author) == ("internal", asked, "Armor Fibre")
    assert News.objects.filter(ticket=ticket).exists()
    assert OutgoingMail.objects.count() == 1
    reference = ExternalReference.objects.get(number="#4711")
    assert (reference.party, reference.supplier) == ("armor.example", carrier)
    threaded = written("noc@armor.example", "[#4711] Rétabli", auto="machine")
    assert ticket_of(take(threaded, box)) == ticket
    elsewhere = written("noc@elsewhere.example", "[#4711] Rétabli", auto="machine")
    assert ticket_of(take(elsewhere, box)) != ticket


def test_an_out_of_office_is_a_note_that_wakes_nobody(house: House, box: Mailbox) -> None:
    ticket, by = answered(house), agent_of(house.agent)
    actions.pause_ticket(ticket, Pause.Kind.CUSTOMER, by=by)
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


def test_the_same_mail_twice_is_one_message(house: House, box: Mailbox) -> None:
    parsed = written()
    mail = kept(parsed, box)
    first, second = actions.take_in(mail, parsed), actions.take_in(mail, parsed)
    assert (first.outcome, second.outcome) == ("ticket", "duplicate")
    assert first.origin == second.origin
    assert Message.objects.filter(direction="received").count() == 1


def test_an_answer_leaves_from_the_mailbox_and_names_the_mail_and_the_number_of_the_other_side(
    house: House, box: Mailbox
) -> None:
    ticket = ticket_of(take(written(subject="[#4711] Lien"), box))
    actions.write_to_customer(ticket, "Voici.", by=agent_of(ticket.owner))
    mail = OutgoingMail.objects.latest("pk")
    heard = queries.heard_last(ticket)
    assert (mail.headers["In-Reply-To"], heard.mailbox) == (heard.message_id, box.address)
    assert "[#4711]" in mail.subject
    assert ticket.reference in mail.subject
    assert box.address in mail.sender
    assert origin_of(mail.headers["Reply-To"]) == f"desk.ticket:{ticket.pk}"


def test_a_number_that_is_only_quoted_is_not_that_of_whoever_quotes_it(
    house: House, box: Mailbox
) -> None:
    ticket = ticket_of(take(written(subject="[#4711] Lien"), box))
    new = ticket_of(take(replace(answering(ticket, box, by=STRANGER), subject="[#4711]"), box))
    assert not new.references.exists()
    assert ticket.references.get().party == "acme.example"


# A proposed link


def test_a_proposed_link_is_joined_and_taken_apart_again(house: House, box: Mailbox) -> None:
    ticket, by = answered(house), agent_of(house.agent)
    new = ticket_of(take(answering(ticket, box, by=STRANGER), box))
    merge = actions.join_proposed(new, by=by)
    assert ticket.messages.filter(incoming__isnull=False).exists()
    actions.undo_merge(merge, by=by)
    link = ProposedLink.objects.get()
    assert (link.state, new.messages.filter(incoming__isnull=False).count()) == ("open", 1)
    actions.refuse_proposed(new, by=by)
    with pytest.raises(Conflict):
        actions.join_proposed(new, by=by)
    actions.propose_again(new, by=by)
    actions.join_proposed(new, by=by)


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


def test_a_copied_message_is_still_the_mail_that_it_was(house: House, box: Mailbox) -> None:
    ticket = ticket_of(take(written(), box))
    message = ticket.messages.get(direction="received")
    new = actions.split_ticket(ticket, [message], by=agent_of(house.agent), copy=True)
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


@pytest.mark.parametrize("hides", [False, True])
def test_two_desks_that_write_to_each_other_for_an_hour_end_with_a_handful_of_mails(
    house: House, hides: bool
) -> None:
    """Handler against handler. One that `hides` strips all by which a machine is known, and the
    thread: each of its mails looks like a human's first."""
    here = make_mailbox("support@nuage.example")
    there = make_mailbox("support@beta.example")
    waiting = [written(there.address, "Bonjour", to=here.address)]
    sent = 0
    for minute in range(60):
        with clock.travel(timedelta(minutes=minute)):
            for parsed in waiting:
                box = here if parsed.to[0].address == here.address else there
                take(parsed, box)
            mails = list(OutgoingMail.objects.order_by("id")[sent:])
            sent += len(mails)
            waiting = [as_received(mail, here, there, hides=hides) for mail in mails]
            if hides and not waiting:
                # It has more to say, whatever we answer.
                waiting = [written(there.address, f"Bonjour {minute}", to=here.address)]
    assert sent <= 8
    assert Ticket.objects.count() <= 62
    most = Message.objects.values("ticket").annotate(n=Count("pk")).order_by("-n").first()
    assert most is not None
    if hides:
        assert queries.breakers()
        with clock.travel(timedelta(hours=3)):
            assert queries.count_open_breakers(clock.now()) == 0


def as_received(mail: OutgoingMail, here: Mailbox, there: Mailbox, *, hides: bool) -> Any:
    to = mail.to[0]
    by = here.address if to == there.address else there.address
    if hides:
        return written(by, "Bonjour", mail.body, to=to)
    return written(
        by, mail.subject, mail.body, to=to, auto="machine", headers=tuple(mail.headers.items())
    )


def test_a_flood_is_kept_on_the_last_ticket_and_nothing_is_lost(house: House, box: Mailbox) -> None:
    for number in range(35):
        take(written("nagios@acme.example", f"Disk {number}", auto="machine"), box)
    assert Ticket.objects.count() == 30
    assert Message.objects.filter(incoming__isnull=False).count() == 35
    assert [row.kind for row in queries.breakers()] == ["opened"]


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
    assert mail.reason.startswith("No team is the service desk yet.")
    make_house()
    with clock.travel(timedelta(hours=12)):
        process_mails()
    mail.refresh_from_db()
    assert mail.outcome == "ticket"
