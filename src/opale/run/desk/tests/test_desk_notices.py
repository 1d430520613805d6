"""What reaches customers without being asked for: who chose it, and the notices themselves."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.personas import CONTACT, Personas, make_personas

from opale.customers.models import Contact, SupportPlan
from opale.kernel import clock, facts
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed
from opale.kernel.models import Fact as FactRow
from opale.messaging.facts import MailFailed
from opale.messaging.models import OutgoingMail, Suppression
from opale.run.desk.actions import lifecycle, messages, notices, ticket_creation, ticket_metadata
from opale.run.desk.actions.messages import copy_recipients_of
from opale.run.desk.facts import CommitmentBreached, ServiceRestored, TicketsClosed, TicketsResolved
from opale.run.desk.models import Breaker, Kind, Message, Notice, Source, Ticket
from opale.run.desk.queries.answers import promised_update
from opale.run.desk.queries.notices import audience_of, is_occasion_in_use, notices_of_contacts
from opale.run.desk.tests.builders import House, agent_of, make_house, make_ticket
from opale.run.desk.tests.mails import make_mailbox, take, ticket_of, written

pytestmark = pytest.mark.django_db
BY = system("test")


@pytest.fixture
def house(settings: Any, tmp_path: Any) -> House:
    settings.MEDIA_ROOT = str(tmp_path)
    found = make_house()
    with attributed(BY):
        found.contact.email = "ana@acme.example"
        found.contact.save(update_fields=["email"])
    return found


@pytest.fixture
def personas() -> Personas:
    return make_personas()


def choose(subject: Any, **said: bool | None) -> None:
    notices.set_notice_choices(subject, said, by=BY)


def reached(contact: Contact, plan: SupportPlan | None = None) -> frozenset[str]:
    return notices_of_contacts([contact], plan.pk if plan else None)[contact.pk].occasions


def restore(ticket: Ticket, by: Actor) -> None:
    held = lifecycle.restore_service(ticket, by=by, at=clock.now())
    assert held.restored_at is not None
    notices.notify_restored(ServiceRestored(ticket_id=ticket.pk, at=held.restored_at), BY)


def another(house: House, name: str, **fields: Any) -> Contact:
    with attributed(BY):
        return Contact.objects.create(
            customer=house.customer,
            name=name,
            email=f"{name.lower()}@acme.example",
            **{"language": "en", **fields},
        )


# Who chose


def test_the_nearest_word_counts(house: House) -> None:
    ticket = make_ticket(house)
    assert ticket.plan_version is not None
    plan = ticket.plan_version.plan
    everything = {"acknowledgement", "followed", "restored", "closed", "update_due"}
    assert reached(house.contact, plan) == everything, "as shipped"
    choose(plan, restored=False, closed=False)
    assert reached(house.contact, plan) == everything - {"restored", "closed"}
    assert reached(house.contact) == everything, "another plan"
    choose(house.customer, closed=True)
    assert "closed" in reached(house.contact, plan)
    choose(house.contact, closed=False, restored=True)
    assert reached(house.contact, plan) == everything - {"closed"}
    choose(house.contact, closed=None, restored=None)
    assert reached(house.contact, plan) == everything - {"restored"}


def test_an_answer_cannot_be_switched_off(house: House) -> None:
    with pytest.raises(Invalid):
        choose(house.contact, reply=False)


def test_who_may_choose(personas: Personas) -> None:
    contact, other = personas.contact, personas.other_contact
    own = personas.actor(CONTACT)
    notices.set_notice_choices(contact, {"closed": True}, by=own)
    for subject in (other, personas.customer):
        with pytest.raises(NotAllowed):
            notices.set_notice_choices(subject, {"closed": True}, by=own)
    notices.set_notice_choices(other, {"closed": True}, by=personas.actor("desk_agent"))
    plan = SupportPlan.objects.create(code="GOLD", name_en="Gold", name_fr="Or")
    with pytest.raises(NotAllowed):
        notices.set_notice_choices(plan, {"closed": True}, by=personas.actor("desk_agent"))
    with pytest.raises(NotAllowed):
        notices.set_notice_choices(contact, {"closed": True}, by=personas.actor("core_engineer"))


def test_facts_are_looked_at_only_where_somebody_wants_to_hear(house: House) -> None:
    assert is_occasion_in_use("restored"), "sent where nobody chose"
    assert not is_occasion_in_use("told_twice")


# Restoration


def test_a_restoration_is_told_once_and_nobody_answers_it(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    choose(house.contact, restored=True)
    restore(ticket, by)
    mail = OutgoingMail.objects.get()
    assert mail.to == ["ana@acme.example"]
    assert mail.headers["Auto-Submitted"] == "auto-generated"
    assert "est rétabli depuis" in mail.body
    assert mail.subject.startswith(f"[{ticket.reference}]")
    assert mail.body.startswith("--- "), "a person may answer"
    lifecycle.resolve_ticket(ticket, by=by)
    notices.notify_resolved(TicketsResolved(ticket_ids=(ticket.pk,), at=clock.now()), BY)
    assert OutgoingMail.objects.count() == 1
    assert Notice.objects.get().message.mail == mail


def test_who_chose_nothing_is_told_and_who_chose_so_is_not(house: House) -> None:
    bob = another(house, "Bob")
    choose(bob, restored=False)
    ticket = make_ticket(house)
    ticket_metadata.add_watcher(ticket, by=agent_of(house.agent), contact=bob)
    restore(ticket, agent_of(house.agent))
    assert OutgoingMail.objects.get().to == ["ana@acme.example"]


def test_a_restoration_that_was_withdrawn_is_not_told(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    choose(house.customer, restored=True)
    held = lifecycle.restore_service(ticket, by=by, at=clock.now())
    assert held.restored_at is not None
    at = held.restored_at
    lifecycle.withdraw_restoration(ticket, by=by)
    notices.notify_restored(ServiceRestored(ticket_id=ticket.pk, at=at), BY)
    assert not OutgoingMail.objects.exists()


def test_each_is_told_in_the_language_of_choice(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    bob = another(house, "Bob")
    ticket_metadata.add_watcher(ticket, by=by, contact=bob)
    choose(house.customer, restored=True)
    notices.set_notice_choices(house.contact, {}, by=BY, language="en")
    restore(ticket, by)
    mails = OutgoingMail.objects.order_by("pk")
    assert [[*mail.to, *mail.cc] for mail in mails] == [["ana@acme.example"], ["bob@acme.example"]]
    assert all("has been working again since" in mail.body for mail in mails)
    assert Message.objects.filter(ticket=ticket, is_notice=True).count() == 1
    notices.set_notice_choices(house.contact, {}, by=BY, language="fr")
    lifecycle.withdraw_restoration(ticket, by=by)
    restore(ticket, by)
    newest = OutgoingMail.objects.order_by("-pk")[:2]
    assert {(one.language, one.to[0]) for one in newest} == {
        ("fr", "ana@acme.example"),
        ("en", "bob@acme.example"),
    }


def test_whoever_left_and_whoever_has_no_part_is_told_nothing(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    another(house, "Bob")
    gone = another(house, "Cid")
    ticket_metadata.add_watcher(ticket, by=by, contact=gone)
    with attributed(BY):
        Contact.objects.filter(pk=gone.pk).update(left_on=clock.now().date())
    choose(house.customer, restored=True)
    restore(ticket, by)
    mail = OutgoingMail.objects.get()
    assert [*mail.to, *mail.cc] == ["ana@acme.example"]


def test_of_a_confidential_ticket_only_who_asked_hears(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    ticket_metadata.add_watcher(ticket, by=by, contact=another(house, "Bob"))
    ticket_metadata.set_confidential(ticket, True, by=BY)
    choose(house.customer, restored=True)
    ticket.refresh_from_db()
    assert [contact.name for contact, _l in audience_of(ticket, "restored")] == [house.contact.name]


def test_where_nobody_asked_those_who_may_open_tickets_hear(house: House) -> None:
    new = ticket_creation.NewTicket(subject="Down", source=Source.EVENT, customer=house.customer)
    ticket = ticket_creation.receive_ticket(new, by=BY)
    another(house, "Bob", may_open=False)
    choose(house.customer, restored=True)
    assert [contact.name for contact, _l in audience_of(ticket, "restored")] == [house.contact.name]


def test_a_program_that_writes_mail_is_told_nothing(house: House) -> None:
    box = make_mailbox()
    with attributed(BY):
        house.customer.domains = ["acme.example"]
        house.customer.save(update_fields=["domains"])
    ticket = ticket_of(take(written(auto="machine"), box))
    assert ticket.contact == house.contact
    choose(house.customer, restored=True)
    assert audience_of(ticket, "restored") == []
    take(written(auto="reply"), box)
    take(written(), box)
    assert audience_of(ticket, "restored"), "a human wrote from there since"


def test_a_notice_answers_the_last_mail_of_the_customer(house: House) -> None:
    asked = written()
    ticket, by = ticket_of(take(asked, make_mailbox())), agent_of(house.agent)
    choose(house.contact, restored=True)
    restore(ticket, by)
    told = Message.objects.get(ticket=ticket, is_notice=True).mail
    assert told is not None
    assert told.headers["In-Reply-To"] == asked.message_id


def test_an_address_that_takes_no_mail_gets_no_notice(house: House) -> None:
    ticket = make_ticket(house)
    with attributed(BY):
        Suppression.objects.create(address="ana@acme.example")
    choose(house.customer, restored=True)
    restore(ticket, agent_of(house.agent))
    mail = OutgoingMail.objects.get()
    assert mail.state == "failed"
    messages.record_failed_mail(
        MailFailed(mail_id=mail.pk, origin=mail.origin, error=mail.last_error), BY
    )
    note = Message.objects.filter(ticket=ticket, visibility="internal").latest("pk")
    assert "ana@acme.example" in note.body
    assert "The address is suppressed. Remove it from the list" in note.body


def test_a_flood_of_notices_ends_and_is_shown(house: House) -> None:
    choose(house.customer, restored=True)
    ticket = make_ticket(house)
    message = Message.objects.filter(ticket=ticket).first()
    assert message is not None
    Notice.objects.bulk_create(
        Notice(
            ticket=ticket,
            customer=house.customer,
            contact=house.contact,
            occasion="restored",
            about=clock.now() - timedelta(minutes=minutes),
            address="ana@acme.example",
            message=message,
        )
        for minutes in range(30)
    )
    restore(ticket, agent_of(house.agent))
    assert not OutgoingMail.objects.exists()
    assert Breaker.objects.get().kind == "noticed"


# Closing and promised updates


def test_a_closing_is_told_and_not_one_that_was_taken_back(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    choose(house.customer, closed=True)
    lifecycle.resolve_ticket(ticket, by=by)
    lifecycle.close_ticket(ticket, by=by)
    fact = TicketsClosed(ticket_ids=(ticket.pk,), at=clock.now())
    notices.notify_closed(fact, BY)
    notices.notify_closed(fact, BY)
    mail = OutgoingMail.objects.get()
    assert "est clos" in mail.body
    lifecycle.reopen_ticket(ticket, by=by)
    OutgoingMail.objects.update(origin="")
    notices.notify_closed(fact, BY)
    assert OutgoingMail.objects.count() == 1


def test_a_promised_update_that_falls_due_is_said_and_stays_owed(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    due = clock.now() + timedelta(hours=1)
    messages.write_to_customer(ticket, "On cherche.", by=by, next_update_at=due)
    choose(house.customer, update_due=True)
    notices.notify_update_due(
        CommitmentBreached(ticket_id=ticket.pk, measure="restore", due_at=due), BY
    )
    assert OutgoingMail.objects.count() == 1, "another promise"
    fact = CommitmentBreached(ticket_id=ticket.pk, measure="update", due_at=due)
    told = Ticket.objects.get(pk=ticket.pk).customer_told_at
    notices.notify_update_due(fact, BY)
    mail = OutgoingMail.objects.latest("pk")
    assert "Nous vous avions promis des nouvelles avant" in mail.body
    ticket.refresh_from_db()
    assert ticket.customer_told_at == told
    assert promised_update(ticket) == due, "a person keeps it, by writing"


def test_the_notice_of_restoration_is_the_promised_update(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    due = clock.now() + timedelta(hours=1)
    messages.write_to_customer(ticket, "On cherche.", by=by, next_update_at=due)
    restore(ticket, by)
    owed = ticket.commitments.get(measure="update", due_at=due)
    assert owed.met_at == Message.objects.get(is_notice=True).at
    assert promised_update(Ticket.objects.get(pk=ticket.pk)) is None


def test_a_silent_resolution_leaves_the_promised_update_owed_and_does_not_excuse_it(
    house: House,
) -> None:
    ticket, by = make_ticket(house, kind=Kind.REQUEST), agent_of(house.agent)
    due = clock.now() + timedelta(hours=1)
    messages.write_to_customer(ticket, "On cherche.", by=by, next_update_at=due)
    lifecycle.resolve_ticket(ticket, by=by)
    assert ticket.commitments.get(measure="update").met_at is None
    fact = CommitmentBreached(ticket_id=ticket.pk, measure="update", due_at=due)
    notices.notify_update_due(fact, BY)
    assert OutgoingMail.objects.count() == 1, "nothing is awaited: it is done"
    messages.write_to_customer(ticket, "C’est fait.", by=by)
    assert ticket.commitments.get(measure="update", due_at=due).met_at is not None


def test_the_facts_lead_to_the_notices(house: House) -> None:
    ticket = make_ticket(house)
    choose(house.customer, restored=True)
    lifecycle.restore_service(ticket, by=agent_of(house.agent), at=clock.now())
    row = FactRow.objects.filter(name=ServiceRestored.name).latest("pk")
    assert facts.deliver(row.pk, "desk.tell_restored")
    assert OutgoingMail.objects.count() == 1


# What is chosen of what was sent before


def test_a_contact_who_chose_so_gets_no_acknowledgement(house: House) -> None:
    box = make_mailbox()
    choose(house.contact, acknowledgement=False)
    take(written(), box)
    assert not OutgoingMail.objects.exists()
    choose(house.contact, acknowledgement=None)
    take(written(), box)
    assert OutgoingMail.objects.count() == 1


def test_a_contact_who_chose_so_gets_no_copies_of_followed_tickets(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    bob = another(house, "Bob")
    ticket_metadata.add_watcher(ticket, by=by, contact=bob)
    assert copy_recipients_of(ticket) == ["bob@acme.example"]
    choose(bob, followed=False)
    assert copy_recipients_of(ticket) == []


# The pages and the API


def test_what_is_chosen_on_the_pages_counts(personas: Personas) -> None:
    manager: Client = personas.client("service_manager")
    contact = personas.contact
    page = manager.get(f"/customers/{personas.customer.code}/notices/").content.decode()
    assert contact.name in page
    manager.post(f"/customers/{personas.customer.code}/notices/choice/", {"closed": "yes"})
    assert "closed" in reached(contact)
    url = f"/contacts/{contact.pk}/notices/"
    assert manager.get(url).status_code == 200
    answer = manager.post(url, {"closed": "no", "language": "fr", "pace": "hourly"})
    assert answer.status_code == 302
    assert "closed" not in reached(contact)
    assert notices_of_contacts([contact], None)[contact.pk].language == "fr"
    summary = manager.get(f"/customers/{personas.customer.code}/notices/summary/")
    assert "Closing" in summary.content.decode()


def test_one_click_of_a_mail_program_ends_the_notices_of_the_occasion(house: House) -> None:
    choose(house.customer, restored=True, closed=True)
    ticket, by = make_ticket(house), agent_of(house.agent)
    restore(ticket, by)
    headers = OutgoingMail.objects.get().headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = headers["List-Unsubscribe"].strip("<>").removeprefix(settings.BASE_URL)
    client = Client(enforce_csrf_checks=True)
    assert client.get(url).status_code == 200
    assert "restored" in reached(house.contact), "a GET ends nothing"
    for _time in range(2):
        assert client.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 204
    assert "restored" not in reached(house.contact)
    assert {"acknowledgement", "closed"} <= reached(house.contact)
    nothing = url.replace("restored", "reply")
    assert client.post(nothing, {"List-Unsubscribe": "One-Click"}).status_code == 404
    messages.write_to_customer(ticket, "Said.", by=by)
    assert "List-Unsubscribe" not in OutgoingMail.objects.latest("pk").headers


def test_a_contact_reads_and_chooses_its_own_by_the_api(personas: Personas) -> None:
    client = Client(headers={"Authorization": f"Bearer {personas.token(CONTACT)}"})
    url = f"/api/v1/contacts/{personas.contact.pk}/notices"
    said = client.patch(url, {"chosen": {"closed": True}}, content_type="application/json")
    assert said.status_code == 200, said.content
    assert said.json()["chosen"]["closed"] is True
    assert client.get(url).json()["chosen"]["restored"] is None
    assert client.get(f"/api/v1/contacts/{personas.other_contact.pk}/notices").status_code == 404
    wrong = client.patch(url, {"chosen": {"reply": False}}, content_type="application/json")
    assert wrong.status_code == 422
