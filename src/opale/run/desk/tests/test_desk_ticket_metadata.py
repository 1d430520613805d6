"""Tags, watchers, others' numbers, confidentiality."""

from dataclasses import replace

import pytest

from opale.customers.models import Contact
from opale.kernel import clock
from opale.kernel.actor import EVERYTHING, Actor, Scope, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotFound
from opale.messaging.models import OutgoingMail
from opale.organisation.models import Person
from opale.run.desk.actions import messages, ownership, ticket_metadata
from opale.run.desk.models import Message, Ticket
from opale.run.desk.queries import palette_search, ticket_lists, tickets
from opale.run.desk.queries import ticket_metadata as ticket_metadata_queries
from opale.run.desk.tests.builders import (
    House,
    agent_of,
    make_customer,
    make_house,
    make_ticket,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make_house()


def contact_of(contact: Contact) -> Actor:
    rights = {"desk.read": Scope(customers=frozenset({contact.customer_id}))}
    return Actor("contact", "user:9", contact.name, rights, contact_id=contact.pk)


def another_contact(house: House) -> Contact:
    with attributed(system("test")):
        return Contact.objects.create(
            customer=house.customer, name="Paul Aubin", email="paul@acme.example", language="fr"
        )


def sees(ticket: Ticket, actor: Actor) -> bool:
    try:
        tickets.get_ticket(ticket.number, seen_by=actor)
    except NotFound:
        return False
    return True


def test_tags_are_kept_lower_case_once_and_sorted(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    ticket_metadata.set_tags(ticket, ["  Fibre  CUT ", "vip", "fibre cut", ""], by=by)
    assert Ticket.objects.get().tags == ["fibre cut", "vip"]
    assert ticket_metadata_queries.tags_in_use(seen_by=by) == [("fibre cut", 1), ("vip", 1)]


@pytest.mark.parametrize("tags", [[str(n) for n in range(21)], ["x" * 41]])
def test_too_many_or_too_long_tags_are_refused(house: House, tags: list[str]) -> None:
    with pytest.raises(Invalid):
        ticket_metadata.set_tags(make_ticket(house), tags, by=agent_of(house.agent))


def test_a_ticket_is_found_by_the_number_of_somebody_else(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    make_ticket(house)
    ticket_metadata.add_reference(ticket, "Orange", "GTR-2026-77", by=by)
    assert palette_search.find_tickets("gtr-2026-77", seen_by=by) == [ticket]
    with pytest.raises(Conflict):
        ticket_metadata.add_reference(ticket, "Orange", "GTR-2026-77", by=by)
    with pytest.raises(Invalid):
        ticket_metadata.add_reference(ticket, "Orange", " ", by=by)
    (reference,) = ticket_metadata_queries.references_of(ticket)
    ticket_metadata.remove_reference(reference, by=by)
    assert palette_search.find_tickets("gtr-2026-77", seen_by=by) == []


def test_a_contact_who_follows_gets_what_is_written(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    watcher = ticket_metadata.add_watcher(ticket, by=by, contact=another_contact(house))
    messages.write_to_customer(ticket, "Nous regardons.", by=by)
    mail = OutgoingMail.objects.latest("id")
    assert (mail.to, mail.cc) == (["ana@acme.example"], ["paul@acme.example"])
    ticket_metadata.remove_watcher(watcher, by=by)
    messages.write_to_customer(ticket, "C'est réparé.", by=by)
    assert OutgoingMail.objects.latest("id").cc == []


def test_nobody_of_another_customer_follows_a_ticket(house: House) -> None:
    with attributed(system("test")):
        other = Contact.objects.create(
            customer=make_customer(house.calendar, "BETA", "Beta"),
            name="Bo",
            email="bo@beta.example",
            language="en",
        )
    with pytest.raises(Invalid):
        ticket_metadata.add_watcher(make_ticket(house), by=agent_of(house.agent), contact=other)


def test_a_confidential_ticket_is_seen_by_those_who_have_to_do_with_it(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    ownership.take_ticket(ticket, by=by)
    messages.write_note(ticket, "Affaire sensible.", by=by)
    ticket_metadata.set_confidential(ticket, True, by=by)
    stranger, paul = agent_of(house.other), contact_of(another_contact(house))
    assert sees(ticket, by)
    assert sees(ticket, contact_of(house.contact))
    assert not sees(ticket, stranger)
    assert not sees(ticket, paul)
    assert not Message.objects.visible_to(stranger).exists()
    assert ticket_lists.due_next(seen_by=stranger) == []
    assert palette_search.find_tickets("Rennes", seen_by=stranger) == []
    everything = replace(stranger, grants={**stranger.grants, "desk.confidential": EVERYTHING})
    assert sees(ticket, everything)
    ticket_metadata.add_watcher(ticket, by=by, person=house.other)
    assert sees(ticket, stranger)
    ticket_metadata.set_confidential(ticket, False, by=by)
    assert sees(ticket, paul)


def test_what_is_hidden_cannot_be_worked_on_either(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    ownership.take_ticket(ticket, by=by)
    ticket_metadata.set_confidential(ticket, True, by=by)
    with pytest.raises(NotFound):
        ownership.take_ticket(ticket, by=agent_of(house.other))
    with pytest.raises(NotFound):
        messages.write_note(ticket, "x", by=agent_of(house.other))


def test_whoever_hides_anothers_ticket_goes_on_seeing_it(house: House) -> None:
    ticket = make_ticket(house)
    ownership.take_ticket(ticket, by=agent_of(house.agent))
    ticket_metadata.set_confidential(ticket, True, by=agent_of(house.other))
    assert sees(ticket, agent_of(house.other))


def test_a_new_owner_sees_the_confidential_ticket_and_the_former_no_longer(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    ownership.take_ticket(ticket, by=by)
    ticket_metadata.set_confidential(ticket, True, by=by)
    ownership.give_ticket(ticket, Person.objects.get(pk=house.other.pk), by=by)
    assert sees(ticket, agent_of(house.other))
    assert not sees(ticket, by)
    assert clock.now() > ticket.received_at
