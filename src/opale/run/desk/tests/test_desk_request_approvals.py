"""Requests of the catalogue: approved by who may, before anything is carried out."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from opale.customers.models import Contact
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from opale.kernel.isolation import as_customers
from opale.kernel.models import Fact
from opale.kernel.tests.concurrency import at_once
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions import (
    approvals,
    lifecycle,
    ownership,
    pauses,
    requests,
)
from opale.run.desk.models import (
    Approval,
    Commitment,
    Message,
    Pause,
    RequestDetails,
)
from opale.run.desk.queries import requests as request_queries
from opale.run.desk.tests.builders import House, agent_of, make_customer
from opale.run.desk.tests.catalogue import (
    access,
    ask,
    contact,
    contact_actor,
    fresh,
    furnished,
)


@pytest.fixture
def house(db: None) -> House:
    return furnished()


def test_an_authorised_contact_asks_and_nobody_else_is_asked(house: House) -> None:
    may = contact(house, "Luc Petit", may_enter=True)
    ticket = ask(house, "datacentre-access", access(), agent_of(house.agent), contact=may)
    assert ticket.subject.startswith("Accès à un datacentre · PA1 Paris 1")
    assert "2 personnes" in ticket.subject
    assert not Approval.objects.exists()
    assert not Pause.objects.exists()
    details = RequestDetails.objects.get(ticket=ticket)
    assert details.values["visitors"][1]["identity"] == "P 998"
    assert (details.route, details.because_fr[:12]) == ("request", "Aucune règle")


def test_without_the_authority_the_request_is_kept_and_asked_of_who_has_it(house: House) -> None:
    contact(house, "Luc Petit", may_enter=True)
    contact(house, "Ann Ford", may_enter=True, language="en")
    contact(house, "Gone Long", may_enter=True, left_on="2020-01-01")
    ticket = ask(house, "datacentre-access", access(), agent_of(house.agent))
    approval = Approval.objects.get(ticket=ticket)
    assert (approval.authority, approval.state) == ("enter", "asked")
    mails = OutgoingMail.objects.filter(origin=f"desk.approval:{approval.pk}").order_by("language")
    assert [(m.language, m.to) for m in mails] == [
        ("en", ["ann.ford@acme.example"]),
        ("fr", ["luc.petit@acme.example"]),
    ]
    assert "Rosa Diaz, Montage SARL, P 998" in mails[0].body
    assert "Approval requested" in mails[0].subject
    assert "Jean Valet" in mails[1].body
    told = Message.objects.get(ticket=ticket)
    assert "Ann Ford, Luc Petit" in told.body
    assert fresh(ticket).answered_at is None


def test_while_it_waits_the_time_to_intervene_runs_and_the_work_stands_still(house: House) -> None:
    may, by = contact(house, "Luc Petit", may_enter=True), agent_of(house.agent)
    ticket = ask(house, "datacentre-access", access(), by, service=house.service,
                 contact=house.contact)  # fmt: skip
    pause = Pause.objects.get(ticket=ticket)
    assert (pause.kind, pause.ends, fresh(ticket).state) == ("customer", None, "new")
    promise = ticket.commitments.get(measure="acknowledge")
    assert promise.due_at is not None
    assert promise.met_at is None
    ownership.take_ticket(ticket, by=by)
    assert fresh(ticket).state == "pending"
    assert Pause.objects.get(ticket=ticket).ends is None
    with clock.travel(timedelta(minutes=30)):
        approvals.decide_approval(ticket, granted=True, by=by, heard_from=may)
    ended = Pause.objects.get(ticket=ticket)
    assert ended.ends is not None
    assert ended.ends - ended.starts >= timedelta(minutes=29)
    assert fresh(ticket).state == "in_progress"


@pytest.mark.parametrize("act", [lifecycle.resolve_ticket, pauses.resume_ticket])
def test_nothing_is_carried_out_before_the_word_is_given(
    house: House, act: Callable[..., None]
) -> None:
    by = agent_of(house.agent)
    ticket = ask(house, "datacentre-access", access(), by)
    ownership.take_ticket(ticket, by=by)
    with pytest.raises(IllegalMove, match="approval"):
        act(ticket, by=by)
    assert fresh(ticket).state == "pending"


def test_a_request_that_is_opened_again_goes_on_waiting_for_the_word(house: House) -> None:
    may, by = contact(house, "Luc Petit", may_enter=True), agent_of(house.agent)
    ticket = ask(house, "datacentre-access", access(), by)
    lifecycle.cancel_ticket(ticket, by=by)
    assert not Pause.objects.filter(ticket=ticket, ends=None).exists()
    lifecycle.reopen_ticket(ticket, by=by)
    assert Pause.objects.get(ticket=ticket, ends=None).kind == "customer"
    # The visit is on its date, however long the word is waited for.
    due = Commitment.objects.get(ticket=ticket, measure="resolve").due_at
    assert due is not None
    approvals.decide_approval(ticket, granted=True, by=by, heard_from=may)
    assert not Pause.objects.filter(ticket=ticket, ends=None).exists()
    assert Commitment.objects.get(ticket=ticket, measure="resolve").due_at == due


def test_a_new_ticket_that_waits_for_a_word_can_wait_for_a_supplier_too(house: House) -> None:
    may, by = contact(house, "Luc Petit", may_enter=True), agent_of(house.agent)
    ticket = ask(house, "datacentre-access", access(), by)
    pauses.pause_ticket(ticket, Pause.Kind.SUPPLIER, by=by, confirmed=True)
    approvals.decide_approval(ticket, granted=True, by=by, heard_from=may)
    assert fresh(ticket).state == "held"
    assert Pause.objects.get(ticket=ticket, ends=None).kind == "supplier"


def test_a_word_heard_on_the_telephone_says_whose_and_who_heard_it(house: House) -> None:
    may, by = contact(house, "Luc Petit", may_enter=True), agent_of(house.agent)
    ticket = ask(house, "datacentre-access", access(), by)
    with pytest.raises(Invalid):
        approvals.decide_approval(ticket, granted=True, by=by)
    with pytest.raises(NotAllowed, match="Ana Ruiz"):
        approvals.decide_approval(ticket, granted=True, by=by, heard_from=house.contact)
    approval = approvals.decide_approval(ticket, granted=True, by=by, heard_from=may)
    assert (approval.decided_by, approval.heard_by) == (may, by.key)
    assert Fact.objects.filter(name="desk.ApprovalDecided").count() == 1
    with pytest.raises(Conflict, match="Luc Petit"):
        approvals.decide_approval(ticket, granted=False, by=by, heard_from=may)


def test_a_contact_decides_for_itself_under_the_portal_role(house: House) -> None:
    may = contact(house, "Luc Petit", may_enter=True, may_open=False)
    ticket = ask(house, "datacentre-access", access(), agent_of(house.agent))
    by = contact_actor(may, "desk.read")
    with as_customers([house.customer.pk]):
        approvals.decide_approval(ticket, granted=True, by=by)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("opale_portal",)
    approval = Approval.objects.get(ticket=ticket)
    assert (approval.state, approval.heard_by) == ("granted", "")


def test_refused_the_request_is_refused_and_the_requester_told_why(house: House) -> None:
    may = contact(house, "Luc Petit", may_enter=True, may_open=False)
    ticket = ask(house, "datacentre-access", access(), agent_of(house.agent))
    approvals.decide_approval(
        ticket, granted=False, by=contact_actor(may), reason="Chantier reporté"
    )
    after = fresh(ticket)
    assert after.state == "rejected"
    assert after.cause == "Non approuvée\u00a0: Chantier reporté"
    assert Pause.objects.get(ticket=ticket).ends is not None
    mail = OutgoingMail.objects.filter(message__ticket=ticket).latest("id")
    assert mail.to == ["ana@acme.example"]
    assert "non approuvée" in mail.body
    assert "Chantier reporté" in mail.body
    assert "Centre de services" in mail.body
    assert "Luc Petit" not in mail.body


def test_an_authority_withdrawn_between_asking_and_deciding_does_not_count(house: House) -> None:
    may = contact(house, "Luc Petit", may_enter=True)
    ticket = ask(house, "datacentre-access", access(), agent_of(house.agent))
    with attributed(system("test")):
        Contact.objects.filter(pk=may.pk).update(may_enter=False)
    with pytest.raises(NotAllowed):
        approvals.decide_approval(ticket, granted=True, by=contact_actor(may))
    with attributed(system("test")):
        Contact.objects.filter(pk=may.pk).update(may_enter=True, left_on="2020-01-01")
    with pytest.raises(NotAllowed):
        approvals.decide_approval(ticket, granted=True, by=agent_of(house.agent), heard_from=may)
    assert Approval.objects.get(ticket=ticket).state == "asked"


def test_a_foreign_contact_neither_decides_nor_is_heard(house: House) -> None:
    beta = make_customer(house.calendar, "BETA", "Beta")
    with attributed(system("test")):
        foreign = Contact.objects.create(
            customer=beta, name="Ed Far", language="en", may_enter=True
        )
    ticket = ask(house, "datacentre-access", access(), agent_of(house.agent))
    with pytest.raises(NotFound):
        approvals.decide_approval(ticket, granted=True, by=contact_actor(foreign))
    with pytest.raises(Invalid, match="another customer"):
        approvals.decide_approval(
            ticket, granted=True, by=agent_of(house.agent), heard_from=foreign
        )


def test_where_nobody_holds_the_authority_the_owner_is_told(house: House) -> None:
    ticket = ask(house, "datacentre-access", access(), agent_of(house.agent))
    note = Message.objects.get(ticket=ticket)
    assert note.visibility == "internal"
    assert "Acme" in note.body
    assert not OutgoingMail.objects.exists()


def test_a_change_after_the_word_asks_for_it_anew(house: House) -> None:
    may, by = contact(house, "Luc Petit", may_enter=True), agent_of(house.agent)
    ticket = ask(house, "datacentre-access", access(), by)
    approvals.decide_approval(ticket, granted=True, by=by, heard_from=may)
    third = {"name": "Max Neu", "company": "Acme", "identity": "X 1"}
    values = access(visitors=[*access()["visitors"], third])
    requests.revise_request(ticket, values, by=by)
    states = list(Approval.objects.filter(ticket=ticket).values_list("state", flat=True))
    assert states == ["granted", "asked"]
    assert Pause.objects.filter(ticket=ticket, ends=None).count() == 1
    requests.revise_request(ticket, values, by=by)
    assert Approval.objects.filter(ticket=ticket).count() == 2


def test_what_the_contact_may_do_itself_is_changed_without_asking(house: House) -> None:
    may, by = contact(house, "Luc Petit", may_enter=True), agent_of(house.agent)
    ticket = ask(house, "datacentre-access", access(), by, contact=may)
    requests.revise_request(ticket, access(escort="provider"), by=by, reason="appel")
    assert not Approval.objects.exists()
    (revision, *_rest) = request_queries.revisions_of_request(ticket)
    assert (revision.actor_name, revision.reason) == (house.agent.name, "appel")


def test_the_database_refuses_a_second_question_and_a_word_of_nobody(house: House) -> None:
    ticket = ask(house, "datacentre-access", access(), agent_of(house.agent))
    again = """
        INSERT INTO desk_approval
            (ticket_id, customer_id, authority, state, asked_at, heard_by, reason)
        SELECT ticket_id, customer_id, 'enter', 'asked', now(), '', '' FROM desk_approval
    """
    for statement in (
        again,
        "UPDATE desk_approval SET state = 'granted', decided_at = now()",
        "UPDATE desk_approval SET state = 'granted'",
    ):
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(),
            attributed(system("test")),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert Approval.objects.get(ticket=ticket).state == "asked"


@pytest.mark.django_db(transaction=True)
def test_of_two_contacts_who_decide_at_once_the_first_word_stands() -> None:
    house = furnished()
    one = contact(house, "Luc Petit", may_enter=True)
    two = contact(house, "Ann Ford", may_enter=True)
    ticket = ask(house, "datacentre-access", access(), agent_of(house.agent))
    results = at_once(
        lambda: approvals.decide_approval(ticket, granted=True, by=contact_actor(one)),
        lambda: approvals.decide_approval(ticket, granted=False, by=contact_actor(two)),
    )
    assert sorted(type(result).__name__ for result in results) == ["Approval", "Conflict"]
    stands = Approval.objects.get(ticket=ticket)
    assert fresh(ticket).state == ("new" if stands.state == "granted" else "rejected")
    assert Pause.objects.filter(ticket=ticket, ends=None).count() == 0
