"""Who may join a ticket by mail: what a sender proves, and what an owner decides."""

from dataclasses import replace
from typing import Any

import pytest

from opale.infrastructure.models import Supplier
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict
from opale.messaging.domain.mail_parser.parsed_mail import Address
from opale.messaging.models import Mailbox, OutgoingMail
from opale.organisation.models import Person
from opale.run.desk.actions import assignments, merges, messages, participants, ticket_metadata
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.actions.messages import addressees_of
from opale.run.desk.models import (
    ExternalReference,
    News,
    Participant,
    ProposedLink,
)
from opale.run.desk.queries.incoming_mail import sender_of
from opale.run.desk.tests.builders import House, agent_of, make_customer, make_ticket
from opale.run.desk.tests.mails import (
    FORGED,
    STRANGER,
    UNCHECKED,
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


def test_an_address_that_only_looks_like_an_employees_is_a_strangers(house: House) -> None:
    """The database takes the dotless letter for its twin when it compares without case."""
    email = f"desk.{house.agent.email}"
    supplier = Supplier(name="Fibre & Co", email="info@fibre.example")
    with attributed(system("tests")):
        Person.objects.filter(pk=house.agent.pk).update(email=email)
        supplier.save()
    assert sender_of(written(email.upper()), believes=True).employee == house.agent
    assert sender_of(written("INFO@fibre.example"), believes=True).supplier == supplier
    for twin in (email.replace("s", "\u017f"), "info@f\u0131bre.example"):
        sender = sender_of(written(twin), believes=True)
        assert (sender.employee, sender.supplier) == (None, None)


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
    participants.edit_mailbox_rules(box, by=administrator, stream="", kind="request", believes=True)
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
    assert messages.recipients_of(ticket) == ["ana@acme.example"]
    to, cc = addressees_of(ticket)
    assert "bob@acme.example" not in [*to, *cc]
    participants.accept_participant(row, by=by)
    take(answering(ticket, box, by="bob@acme.example"), box)
    assert addressees_of(ticket) == (["bob@acme.example"], ["ana@acme.example"])
    participants.remove_participant(row, by=by)
    assert take(answering(ticket, box, by="bob@acme.example"), box).outcome == "proposed"


def test_nobody_of_the_domain_joins_unproven(house: House, box: Mailbox) -> None:
    ticket = answered(house)
    mail = answering(ticket, box, by="bob@acme.example", authenticated=UNCHECKED)
    assert take(mail, box).outcome == "proposed"


def test_a_confidential_ticket_takes_nobody_new(house: House, box: Mailbox) -> None:
    ticket, by = answered(house), agent_of(house.agent)
    ticket_metadata.set_confidential(ticket, True, by=by)
    handled = take(answering(ticket, box, by="bob@acme.example"), box)
    assert handled.outcome == "proposed"
    assert not Participant.objects.exists()
    note = ticket.messages.get(direction="note")
    assert ticket_of(handled).reference in note.body
    assert take(answering(ticket, box), box).outcome == "reply"


def test_a_contact_of_another_customer_joins_nothing(house: House, box: Mailbox) -> None:
    with attributed(system("test")):
        beta = make_customer(house.calendar, "BETA", "Beta")
        beta.domains = ["beta.example"]
        beta.save(update_fields=["domains"])
    ticket = answered(house)
    handled = take(answering(ticket, box, by="zoe@beta.example"), box)
    assert (handled.outcome, ticket_of(handled).customer) == ("proposed", beta)


def test_somebody_we_wrote_to_answers_on_the_ticket(house: House, box: Mailbox) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    messages.write_to_customer(ticket, "Voici.", by=by, cc=["Max@Consultant.example"])
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
    with attributed(system("test")):
        carrier = Supplier.objects.create(
            name="Armor Fibre", kind="carrier", email="noc@armor.example", language="fr"
        )
    ticket, by = make_ticket(house), agent_of(house.agent)
    by = replace(by, unlimited=True)
    asked = assignments.request_work(ticket, WorkRequest(supplier=carrier), by=by)
    assignments.mail_supplier(asked, "Le lien est coupé.", by=by)
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


# A proposed link


def test_a_proposed_link_is_joined_and_taken_apart_again(house: House, box: Mailbox) -> None:
    ticket, by = answered(house), agent_of(house.agent)
    new = ticket_of(take(answering(ticket, box, by=STRANGER), box))
    merge = participants.accept_proposed_link(new, by=by)
    assert ticket.messages.filter(incoming__isnull=False).exists()
    merges.undo_merge(merge, by=by)
    link = ProposedLink.objects.get()
    assert (link.state, new.messages.filter(incoming__isnull=False).count()) == ("open", 1)
    participants.refuse_proposed_link(new, by=by)
    with pytest.raises(Conflict):
        participants.accept_proposed_link(new, by=by)
    participants.reopen_proposed_link(new, by=by)
    participants.accept_proposed_link(new, by=by)
