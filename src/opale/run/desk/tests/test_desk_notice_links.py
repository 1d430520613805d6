"""A contact chooses what it hears of by the link in a notice, without a login."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.customers.models import Contact
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.messaging.actions.bounces import record_bounce
from opale.messaging.domain.mail_parser.parsed_mail import FailedRecipient
from opale.messaging.facts import MailBounced
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions import digests, lifecycle, messages, notices, ticket_metadata
from opale.run.desk.domain.notices import NOTICE_TYPES
from opale.run.desk.facts import ServiceRestored
from opale.run.desk.models import Message, NoticeChoice, Ticket
from opale.run.desk.queries.digests import digest_settings_of
from opale.run.desk.queries.notice_links import (
    SALT,
    contact_id_of_token,
    notice_link_to,
    notice_token_of,
)
from opale.run.desk.queries.notices import notices_of_contacts
from opale.run.desk.queries.timeline import ticket_timeline
from opale.run.desk.tests.builders import House, agent_of, make_house, make_ticket
from opale.run.desk.tests.mails import make_mailbox, take, ticket_of, written
from opale.run.desk.web.notice_links import ASKED

pytestmark = pytest.mark.django_db
BY = system("test")
AS_IT_IS = {"acknowledgement": "on", "pace": "at_once", "hour": "8", "language": "fr"}


@pytest.fixture
def house(settings: Any, tmp_path: Any) -> House:
    settings.MEDIA_ROOT = str(tmp_path)
    found = make_house()
    with attributed(BY):
        found.contact.email = "ana@acme.example"
        found.contact.language = "fr"
        found.contact.save(update_fields=["email", "language"])
        found.customer.domains = ["acme.example"]
        found.customer.save(update_fields=["domains"])
    return found


@pytest.fixture
def personas() -> Personas:
    return make_personas()


def page_of(contact: Contact) -> str:
    return f"/hear/{notice_token_of(contact.pk)}/"


def reached(contact: Contact) -> frozenset[str]:
    return notices_of_contacts([contact], None)[contact.pk].occasions


def restored(house: House, *followers: Contact) -> Ticket:
    """A ticket on which a restoration is told to whoever asked and to those who follow."""
    ticket, by = make_ticket(house), agent_of(house.agent)
    for contact in followers:
        ticket_metadata.add_watcher(ticket, by=by, contact=contact)
    notices.set_notice_choices(house.customer, {"restored": True}, by=BY)
    held = lifecycle.restore_service(ticket, by=by, at=clock.now())
    assert held.restored_at is not None
    notices.notify_restored(ServiceRestored(ticket_id=ticket.pk, at=held.restored_at), BY)
    return ticket


def another(house: House, name: str) -> Contact:
    with attributed(BY):
        return Contact.objects.create(
            customer=house.customer,
            name=name,
            email=f"{name.lower()}@acme.example",
            language="fr",
        )


# The page


def test_what_is_chosen_by_the_link_counts(house: House) -> None:
    contact, client = house.contact, Client()
    asked = client.get(page_of(contact))
    assert asked.status_code == 200
    assert asked.headers["Cache-Control"].count("no-store") == 1
    assert b"ana@acme.example" in asked.content
    said = {"closed": "on", "restored": "on", "pace": "daily", "hour": "7", "language": "en"}
    assert client.post(page_of(contact), said).status_code == 200
    assert reached(contact) == {"closed", "restored", "followed"}, "no acknowledgement any more"
    assert notices_of_contacts([contact], None)[contact.pk].language == "en"
    following = digest_settings_of(contact)
    assert (following.pace, following.hour) == ("daily", 7)


def test_what_was_not_changed_stays_left_to_those_above(house: House) -> None:
    notices.set_notice_choices(house.customer, {"closed": True, "restored": False}, by=BY)
    page = page_of(house.contact)
    Client().post(page, AS_IT_IS | {"closed": "on", "restored": "on", "update_due": "on"})
    row = NoticeChoice.objects.get(contact=house.contact)
    assert (row.wanted, row.unwanted, row.language) == (["restored"], [], "")
    notices.set_notice_choices(house.customer, {"closed": False}, by=BY)
    assert "closed" not in reached(house.contact)


def test_who_hears_nothing_of_followed_tickets_may_hear_again(house: House) -> None:
    notices.set_notice_choices(house.customer, {"followed": False}, by=BY)
    page = page_of(house.contact)
    assert b'value="off" ' in Client().get(page).content
    Client().post(page, AS_IT_IS | {"pace": "off"})
    assert "followed" not in reached(house.contact)
    Client().post(page, AS_IT_IS | {"pace": "hourly"})
    assert "followed" in reached(house.contact)
    assert digest_settings_of(house.contact).pace == "hourly"


def test_a_link_is_of_one_contact_and_cannot_be_made(house: House) -> None:
    token = notice_token_of(house.contact.pk)
    assert contact_id_of_token(token) == house.contact.pk
    other = another(house, "Bob")
    for forged in (
        f"{other.pk}:{token.partition(':')[2]}",
        str(other.pk),
        "x",
        token[:-1],
    ):
        assert Client().get(f"/hear/{forged}/").status_code == 404
        assert Client().post(f"/hear/{forged}/", AS_IT_IS).status_code == 404
    assert SALT not in token


def test_a_link_of_somebody_who_left_leads_nowhere(house: House) -> None:
    with attributed(BY):
        Contact.objects.filter(pk=house.contact.pk).update(left_on=clock.now().date())
    assert Client().get(page_of(house.contact)).status_code == 404


def test_nonsense_is_refused_and_changes_nothing(house: House) -> None:
    answer = Client().post(page_of(house.contact), AS_IT_IS | {"pace": "always", "hour": "99"})
    assert answer.status_code == 422
    assert not NoticeChoice.objects.exists()


def test_one_address_may_not_choose_without_end(house: House) -> None:
    # A minute may end in between: two of them allow sixty.
    page = page_of(house.contact)
    answers = [Client().post(page, AS_IT_IS | {"pace": "x"}) for _time in range(62)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["Retry-After"] == "60"
    assert "Too many requests" in refused.content.decode()


def test_the_page_speaks_the_readers_language(house: House) -> None:
    french = Client(headers={"Accept-Language": "fr"}).get(page_of(house.contact)).content.decode()
    assert '<html lang="fr"' in french
    assert "Mail language" not in french


def test_all_that_is_sent_unless_chosen_otherwise_can_be_chosen() -> None:
    assert {*ASKED, "followed"} == {choice.name for choice in NOTICE_TYPES}


# The link


def test_each_notice_carries_the_link_of_whoever_gets_it(house: House) -> None:
    bob = another(house, "Bob")
    restored(house, bob)
    mails = {mail.to[0]: mail for mail in OutgoingMail.objects.all()}
    assert mails.keys() == {"ana@acme.example", "bob@acme.example"}
    for contact in (house.contact, bob):
        mail = mails[contact.email]
        assert (mail.to, mail.cc) == ([contact.email], [])
        assert notice_link_to(contact.pk) in mail.body
        assert notice_link_to(contact.pk) in str(mail.letter)


def test_it_stands_on_the_ticket_once_with_what_became_of_each_mail(house: House) -> None:
    bob = another(house, "Bob")
    ticket = restored(house, bob)
    message = Message.objects.get(ticket=ticket, is_notice=True)
    entries, _more = ticket_timeline(ticket)
    (sent,) = (entry.details["sent"] for entry in entries if entry.row == message)
    assert {mail.to[0] for mail in sent} == {"ana@acme.example", "bob@acme.example"}


def test_a_notice_to_the_second_that_comes_back_is_told_to_the_owner(house: House) -> None:
    ticket = restored(house, another(house, "Bob"))
    mail = OutgoingMail.objects.order_by("pk").last()
    assert mail is not None
    failed = FailedRecipient(mail.to[0], "5.1.1", "550 5.1.1 No such user")
    with attributed(BY):
        OutgoingMail.objects.filter(pk=mail.pk).update(state="sent", sent_at=clock.now())
        record_bounce(mail, [failed], by=BY)
    fact = MailBounced(mail_id=mail.pk, origin=mail.origin, addresses=(mail.to[0],))
    messages.record_bounced_mail(fact, BY)
    note = Message.objects.filter(ticket=ticket, visibility="internal").latest("pk")
    assert mail.to[0] in note.body


def test_an_answer_to_the_mail_of_the_second_is_known_by_its_message_id(house: House) -> None:
    box = make_mailbox()
    ticket = restored(house, another(house, "Bob"))
    mail = OutgoingMail.objects.order_by("pk").last()
    assert mail is not None
    answer = written(mail.to[0], "Re: ", answers=mail.message_id)
    assert ticket_of(take(answer, box)) == ticket


def test_an_acknowledgement_carries_the_link_and_an_answer_does_not(house: House) -> None:
    box = make_mailbox()
    ticket = ticket_of(take(written(), box))
    told = OutgoingMail.objects.get()
    assert notice_link_to(house.contact.pk) in told.body
    messages.write_to_customer(ticket, "On cherche.", by=agent_of(house.agent))
    answer = OutgoingMail.objects.latest("pk")
    assert "/hear/" not in answer.body


def test_a_stranger_gets_no_link(house: House) -> None:
    box = make_mailbox()
    take(written("eve@elsewhere.example"), box)
    assert "/hear/" not in OutgoingMail.objects.get().body


# The pages of the desk


def test_what_reaches_a_contact_stands_below_it(personas: Personas) -> None:
    agent, contact = personas.client("desk_agent"), personas.contact
    page = agent.get(f"/contacts/{contact.pk}/").content.decode()
    assert f"/contacts/{contact.pk}/notices/summary/" in page
    notices.set_notice_choices(contact, {"closed": True}, by=BY)
    summary = agent.get(f"/contacts/{contact.pk}/notices/summary/").content.decode()
    assert summary.count("set for this contact") == 1
    assert f"/contacts/{contact.pk}/notices/" in summary


def test_a_digest_carries_the_link(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    bob = another(house, "Bob")
    ticket_metadata.add_watcher(ticket, by=by, contact=bob)
    digests.set_digest_pace(bob, by=BY, pace="hourly")
    notices.set_notice_choices(bob, {}, by=BY, language="en")
    messages.write_to_customer(ticket, "On cherche.", by=by)
    with clock.travel(timedelta(minutes=2)):
        digests.send_digests()
    mail = OutgoingMail.objects.get(origin__startswith="desk.following")
    assert notice_link_to(bob.pk) in mail.body
    assert "Manage notifications" in mail.body, "in the language that was chosen"
