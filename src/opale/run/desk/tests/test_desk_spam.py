"""Spam as an act: no mail to the sender, whose further mails go to quarantine; and the way back.

Source: docs/rules/mail.md, "Spam".
"""

from typing import Any

import pytest
from tests.personas import Personas

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove, Invalid
from opale.messaging.actions import suppressions
from opale.messaging.actions.process_incoming import SPAM, process_mails
from opale.messaging.models import Mailbox, OutgoingMail, Suppression
from opale.run.desk.actions import lifecycle, pauses, spam
from opale.run.desk.actions.ticket_locks import change_ticket
from opale.run.desk.acts.endings import undo_of
from opale.run.desk.models import Message, Pause, Ticket
from opale.run.desk.queries.spam import is_marked_as_spam
from opale.run.desk.tests.builders import House, agent_of, make_incident, make_ticket
from opale.run.desk.tests.mails import (
    kept,
    make_house_of_mail,
    make_mailbox,
    take,
    ticket_of,
    written,
)

pytestmark = pytest.mark.django_db
SENDER = "news@promo.example"


@pytest.fixture
def house(settings: Any, tmp_path: Any) -> House:
    return make_house_of_mail(settings, tmp_path)


@pytest.fixture
def box(house: House) -> Mailbox:
    return make_mailbox()


def spammed(box: Mailbox, sender: str = SENDER) -> Ticket:
    return ticket_of(take(written(sender, "You won", name="Promo"), box))


def test_spam_is_cancelled_and_its_sender_blocked_without_a_word(
    house: House, box: Mailbox
) -> None:
    ticket, by = spammed(box), agent_of(house.agent)
    mails = OutgoingMail.objects.count()
    sent = Message.objects.filter(ticket=ticket, direction="sent").count()
    spam.mark_as_spam(ticket, by=by)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.cause) == ("cancelled", "Spam")
    row = Suppression.objects.get()
    assert (row.address, row.answer) == (SENDER, f"spam sender: {ticket.reference}")
    assert OutgoingMail.objects.count() == mails
    assert Message.objects.filter(ticket=ticket, direction="sent").count() == sent
    assert suppressions.sends_spam("News@Promo.example")
    assert not suppressions.sends_spam("other@promo.example")
    assert suppressions.without_suppressed([SENDER, "a@b.example"]) == ["a@b.example"]


def test_the_whole_domain_is_blocked_where_it_is_chosen_and_nobodys(
    house: House, box: Mailbox
) -> None:
    ticket, by = spammed(box), agent_of(house.agent)
    spam.mark_as_spam(ticket, by=by, whole_domain=True)
    assert Suppression.objects.get().address == "@promo.example"
    assert suppressions.sends_spam("other@promo.example")
    assert suppressions.without_suppressed(["other@promo.example"]) == []
    assert not suppressions.sends_spam("other@notpromo.example")
    with attributed(system("test")):
        house.customer.domains = ["acme.example"]
        house.customer.save(update_fields=["domains"])
    for address in ("x@gmail.com", "someone@acme.example", f"x@{box.address.split('@')[1]}"):
        with pytest.raises(Invalid):
            spam.mark_as_spam(spammed(box, address), by=by, whole_domain=True)


def test_the_undo_reopens_the_ticket_and_frees_the_sender(house: House, box: Mailbox) -> None:
    ticket, by = spammed(box), agent_of(house.agent)
    suppressions.block_sender("old@promo.example", by=by, origin="T-1")
    spam.mark_as_spam(ticket, by=by)
    spam.undo_spam(ticket, by=by)
    ticket.refresh_from_db()
    assert ticket.state == "in_progress"
    assert [row.address for row in Suppression.objects.all()] == ["old@promo.example"]
    spam.mark_as_spam(ticket, by=by)
    with pytest.raises(IllegalMove):
        spam.mark_as_spam(ticket, by=by)


def test_the_undo_of_the_toast_restores_cause_hold_and_restoration(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spam, "sender_of_mail", lambda _ticket: SENDER)
    ticket, by = make_incident(personas, "You won"), personas.actor("desk_agent")
    with attributed(by):
        change_ticket(ticket, cause="Cut cable")
    lifecycle.restore_service(ticket, by=by)
    pauses.pause_ticket(ticket, Pause.Kind.CUSTOMER, by=by)
    stood = Ticket.objects.get(pk=ticket.pk)
    marked = spam.mark_as_spam(ticket, by=by)
    client = personas.client("desk_agent")
    undo = undo_of(stood, marked, page="desk_undo_spam")
    assert client.post(undo).status_code == 302
    ticket.refresh_from_db()
    assert (ticket.state, ticket.cause) == ("pending", "Cut cable")
    assert ticket.restored_at == stood.restored_at
    assert Pause.objects.filter(ticket=ticket, ends=None).count() == 1
    assert not Suppression.objects.exists()
    assert client.post(undo).status_code == 409, "it has changed"
    assert client.post(f"/tickets/{ticket.number}/spam/undo/").status_code == 409, "unsigned"


def test_a_sender_of_two_tickets_is_free_when_one_is_undone(house: House, box: Mailbox) -> None:
    by = agent_of(house.agent)
    first, second = spammed(box), spammed(box)
    for ticket in (first, second):
        spam.mark_as_spam(ticket, by=by)
    assert spam.undo_spam(second, by=by)
    assert not suppressions.sends_spam(SENDER)


def test_a_domain_that_another_ticket_blocked_stays_blocked(house: House, box: Mailbox) -> None:
    by = agent_of(house.agent)
    first, second = spammed(box), spammed(box)
    spam.mark_as_spam(first, by=by, whole_domain=True)
    spam.mark_as_spam(second, by=by)
    assert not spam.undo_spam(second, by=by)
    assert [row.address for row in Suppression.objects.all()] == ["@promo.example"]
    assert spam.undo_spam(first, by=by)
    assert not Suppression.objects.exists()


def test_an_address_that_bounced_stays_on_the_list_with_its_answer(
    house: House, box: Mailbox
) -> None:
    by, ticket = agent_of(house.agent), spammed(box)
    with attributed(by):
        row = Suppression.objects.create(address=SENDER, answer="550 5.1.1 No such user")
    spam.mark_as_spam(ticket, by=by)
    assert suppressions.sends_spam(SENDER)
    row.refresh_from_db()
    assert row.answer == f"spam sender: {ticket.reference}\n550 5.1.1 No such user"
    assert spam.undo_spam(ticket, by=by)
    row.refresh_from_db()
    assert row.answer == "550 5.1.1 No such user"


def test_programs_reopen_it_without_the_cause(house: House, box: Mailbox) -> None:
    ticket, by = spammed(box), agent_of(house.agent)
    spam.mark_as_spam(ticket, by=by)
    assert is_marked_as_spam(Ticket.objects.get(pk=ticket.pk))
    spam.undo_spam(ticket, by=by)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.cause) == ("in_progress", "")


def test_its_requester_reads_no_outcome(personas: Personas) -> None:
    ticket = make_incident(personas, "Link down")
    by = personas.actor("desk_agent")
    contact = personas.client("customer_contact")
    for cause, read in (("Courrier indésirable", False), ("A duplicate", True)):
        lifecycle.cancel_ticket(ticket, by=by, reason=cause)
        page = contact.get(f"/requests/{ticket.number}/").content.decode()
        assert (cause in page) == read
        lifecycle.reopen_ticket(ticket, by=by)


def test_nobody_who_is_known_is_blocked_by_a_forged_mail(
    house: House, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = spammed(box)
    refused = {
        house.contact.email.upper(): "contact of Acme",
        house.agent.email: "a colleague",
        box.address: "our own mailbox",
    }
    for sender, reason in refused.items():
        monkeypatch.setattr(spam, "sender_of_mail", lambda _ticket, sender=sender: sender)
        for whole in (False, True):
            with pytest.raises(Invalid, match=reason):
                spam.mark_as_spam(ticket, by=agent_of(house.agent), whole_domain=whole)
    assert Ticket.objects.get(pk=ticket.pk).state != "cancelled"
    assert not Suppression.objects.exists()


def test_a_ticket_without_a_mail_has_no_sender_to_block(house: House) -> None:
    with pytest.raises(Invalid):
        spam.mark_as_spam(make_ticket(house), by=agent_of(house.agent))
    assert not Suppression.objects.exists()


def test_further_mails_of_the_sender_go_to_quarantine(house: House, box: Mailbox) -> None:
    suppressions.block_sender("@promo.example", by=system("test"), origin="T-1")
    mail = kept(written("again@promo.example", "Again"), box)
    process_mails()
    mail.refresh_from_db()
    assert (mail.state, mail.reason) == ("quarantined", SPAM)
    assert Ticket.objects.count() == 0
