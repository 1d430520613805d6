"""Links between tickets, and what a parent does to its children."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from opale.customers.models import Contact
from opale.kernel import clock
from opale.kernel.actor import ANONYMOUS, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotFound
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions import alerts, links, merges, messages, ticket_families
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.actions.ticket_families import FamilyActInput
from opale.run.desk.models import Kind, Source, Ticket, TicketLink
from opale.run.desk.queries import links as link_queries
from opale.run.desk.queries import tickets as ticket_queries
from opale.run.desk.tests.builders import (
    House,
    agent_of,
    make_customer,
    make_house,
    make_ticket,
    minutes_ago,
)
from opale.run.desk.tests.test_desk_alerts import make_alert
from opale.run.desk.tests.test_desk_merges import race

K = TicketLink.Kind
ME = system("test")


@pytest.fixture
def house(db: None) -> House:
    return make_house()


def family(house: House) -> tuple[Ticket, Ticket, Ticket]:
    """An incident of the backbone with a French and an English child of two customers."""
    with attributed(ME):
        beta = make_customer(house.calendar, "BETA", "Beta Ltd")
        bo = Contact.objects.create(
            customer=beta, name="Bo Hall", email="bo@beta.example", language="en"
        )
    parent = receive_ticket(
        NewTicket(subject="bb-1 down", source=Source.EVENT, kind=Kind.INCIDENT, language="en"),
        by=ME,
        at=minutes_ago(30),
    )
    french = make_ticket(house, at=minutes_ago(20))
    english = receive_ticket(
        NewTicket(
            subject="VPN down", source=Source.MAIL, kind=Kind.INCIDENT, customer=beta, contact=bo
        ),
        by=ME,
        at=minutes_ago(10),
    )
    for child in (french, english):
        links.link_tickets(child, K.CHILD_OF, parent, by=ME)
    return fresh(parent), fresh(french), fresh(english)


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def seen(*tickets: Ticket) -> dict[int, datetime]:
    return {ticket.pk: fresh(ticket).updated_at for ticket in tickets}


def test_links_are_seen_from_both_sides(house: House) -> None:
    by = agent_of(house.agent)
    first, second, third = (make_ticket(house) for _ in range(3))
    links.link_tickets(first, K.CHILD_OF, second, by=by)
    links.link_tickets(first, K.CAUSED_BY, third, by=by)
    assert [
        (t.ticket.pk, t.link.kind, t.outward)
        for t in link_queries.directed_links_of(first, seen_by=by)
    ] == [
        (second.pk, "child_of", True),
        (third.pk, "caused_by", True),
    ]
    assert [
        (t.ticket.pk, t.outward) for t in link_queries.directed_links_of(second, seen_by=by)
    ] == [(first.pk, False)]
    assert link_queries.directed_links_of(second, seen_by=ANONYMOUS) == []


def test_senseless_links_are_refused_with_the_reason(house: House) -> None:
    by = agent_of(house.agent)
    parent, child, other, merged = (make_ticket(house) for _ in range(4))
    merges.merge_tickets([merged], other, by=by)
    links.link_tickets(child, K.CHILD_OF, parent, by=by)
    for left, kind, right, said in (
        (child, K.RELATED_TO, child, "itself"),
        (other, K.CHILD_OF, child, "already a child"),
        (parent, K.CHILD_OF, other, "has child tickets"),
        (child, K.CHILD_OF, other, "already"),
        (child, K.RELATED_TO, merged, "was merged"),
    ):
        with pytest.raises(Invalid, match=said):
            links.link_tickets(left, kind, right, by=by)
    with pytest.raises(Conflict):
        links.link_tickets(child, K.CHILD_OF, parent, by=by)
    with pytest.raises(NotFound):
        links.link_tickets(other, K.RELATED_TO, parent, by=ANONYMOUS)


def test_a_link_is_taken_away_once(house: House) -> None:
    by = agent_of(house.agent)
    first, second = make_ticket(house), make_ticket(house)
    link = links.link_tickets(first, K.RELATED_TO, second, by=by)
    links.unlink_tickets(link, by=by)
    with pytest.raises(NotFound):
        links.unlink_tickets(link, by=by)


SQL = {
    "a second parent": "INSERT INTO desk_ticketlink (ticket_id, kind, other_id, actor, at)"
    " VALUES ({b}, 'child_of', {c}, 'x', now())",
    "a grandchild": "INSERT INTO desk_ticketlink (ticket_id, kind, other_id, actor, at)"
    " VALUES ({c}, 'child_of', {b}, 'x', now())",
    "a parent that becomes a child": "INSERT INTO desk_ticketlink (ticket_id, kind, other_id,"
    " actor, at) VALUES ({a}, 'child_of', {c}, 'x', now())",
    "a link to itself": "INSERT INTO desk_ticketlink (ticket_id, kind, other_id, actor, at)"
    " VALUES ({c}, 'related_to', {c}, 'x', now())",
}


@pytest.mark.parametrize("tried", SQL.values(), ids=SQL.keys())
def test_the_database_refuses(house: House, tried: str) -> None:
    a, b, c = (make_ticket(house) for _ in range(3))
    links.link_tickets(b, K.CHILD_OF, a, by=ME)
    statement = tried.format(a=a.pk, b=b.pk, c=c.pk)
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        attributed(ME),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_an_update_reaches_each_customer_in_its_language_and_thread(house: House) -> None:
    parent, french, english = family(house)
    lines = ticket_families.preview_family_act(parent, "update", seen_by=ME)
    assert [(line.ticket.pk, line.recipients) for line in lines] == [
        (parent.pk, ()),
        (french.pk, ("ana@acme.example",)),
        (english.pk, ("bo@beta.example",)),
    ]
    assert lines[0].hindrance
    said = {"fr": "La liaison est coupée.", "en": "The link is cut."}
    ticket_families.apply_family_act(
        parent,
        FamilyActInput(act="update", seen=seen(french, english), said=said),
        by=agent_of(house.agent),
    )
    mails = {mail.to[0]: mail for mail in OutgoingMail.objects.all()}
    assert "La liaison est coupée." in mails["ana@acme.example"].body
    assert "The link is cut." in mails["bo@beta.example"].body
    for address, other in (("ana@acme.example", "beta"), ("bo@beta.example", "acme")):
        mail = mails[address]
        assert other not in f"{mail.subject} {mail.body} {mail.to} {mail.cc}".lower()
    assert parent.messages.filter(direction="sent").count() == 0


def test_a_text_that_names_one_customer_does_not_go_to_another(house: House) -> None:
    parent, french, english = family(house)
    for text in ("Voir acme", f"cf. {english.reference}", "VPN-1 est coupé", "Bo Hall est prévenu"):
        spread = FamilyActInput(
            act="update", seen=seen(french, english), said={"fr": text, "en": "Down"}
        )
        with pytest.raises(Invalid, match="mentions"):
            ticket_families.apply_family_act(parent, spread, by=ME)
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("text", ["Voir Beta", "Bo Hall est prévenu"])
def test_a_text_to_one_child_names_no_other_of_the_family(house: House, text: str) -> None:
    parent, french, english = family(house)
    with pytest.raises(Invalid, match="mentions"):
        ticket_families.apply_family_act(
            parent, FamilyActInput(act="update", seen=seen(french), said={"fr": text}), by=ME
        )
    with pytest.raises(Invalid, match="mentions"):
        ticket_families.apply_family_act(
            parent, FamilyActInput(act="resolve", seen=seen(french), cause=text), by=ME
        )
    assert not OutgoingMail.objects.exists()
    own = FamilyActInput(act="update", seen=seen(french), said={"fr": "Acme : VPN-1 est coupé."})
    ticket_families.apply_family_act(parent, own, by=ME)
    assert english.pk
    assert OutgoingMail.objects.count() == 1


def test_a_text_to_a_child_does_not_name_the_customer_of_its_parent(house: House) -> None:
    _parent, french, english = family(house)
    links.unlink_tickets(english.links.get(), by=ME)
    other = make_ticket(house)
    links.link_tickets(english, K.CHILD_OF, other, by=ME)
    spread = FamilyActInput(
        act="update", seen=seen(english), said={"en": "Acme has the same trouble"}
    )
    with pytest.raises(Invalid, match="Acme"):
        ticket_families.apply_family_act(other, spread, by=ME)
    assert french.customer == house.customer


def test_nobody_is_told_when_one_language_is_missing(house: House) -> None:
    parent, french, english = family(house)
    spread = FamilyActInput(act="update", seen=seen(french, english), said={"fr": "Coupée"})
    with pytest.raises(Invalid) as refusal:
        ticket_families.apply_family_act(parent, spread, by=ME)
    assert set(refusal.value.fields) == {"said_en"}
    assert not OutgoingMail.objects.exists()


def test_a_family_is_restored_resolved_and_closed_together(house: House) -> None:
    parent, french, english = family(house)
    at = minutes_ago(15)
    mute = FamilyActInput(act="restore", seen=seen(parent, french), said={"fr": "Rétabli."})
    with pytest.raises(Invalid, match="Only updates"):
        ticket_families.apply_family_act(
            parent, mute, by=ME
        )  # what is not sent is not taken for said
    ticket_families.apply_family_act(
        parent, FamilyActInput(act="restore", seen=seen(parent, french, english), at=at), by=ME
    )
    # The English one was received after: its service works since it was asked.
    assert fresh(french).restored_at == at
    assert fresh(english).restored_at == english.received_at
    assert {
        line.hindrance
        for line in ticket_families.preview_family_act(fresh(parent), "close", seen_by=ME)
    } == {"Not resolved yet."}
    ticket_families.apply_family_act(
        parent, FamilyActInput(act="resolve", seen=seen(parent, french, english)), by=ME
    )
    ticket_families.apply_family_act(
        parent, FamilyActInput(act="close", seen=seen(parent, french)), by=ME
    )
    assert [fresh(t).state for t in (parent, french, english)] == ["closed", "closed", "resolved"]


def test_a_child_that_changed_or_left_is_not_done_blindly(house: House) -> None:
    parent, french, english = family(house)
    shown = seen(french, english)
    messages.write_note(french, "Je regarde", by=agent_of(house.other))
    with pytest.raises(Conflict, match=french.reference):
        ticket_families.apply_family_act(parent, FamilyActInput(act="resolve", seen=shown), by=ME)
    assert fresh(english).state == "new"
    stranger = make_ticket(house)
    with pytest.raises(Conflict, match="no longer a child"):
        ticket_families.apply_family_act(
            parent, FamilyActInput(act="resolve", seen=seen(stranger)), by=ME
        )
    with pytest.raises(Invalid):
        ticket_families.apply_family_act(parent, FamilyActInput(act="resolve", seen={}), by=ME)


@pytest.mark.django_db(transaction=True)
def test_a_parent_closed_while_a_child_is_edited_overwrites_nothing() -> None:
    house = make_house()
    parent, french, english = family(house)
    ticket_families.apply_family_act(
        parent, FamilyActInput(act="resolve", seen=seen(parent, french, english)), by=ME
    )
    shown, holding, go_on = seen(parent, french, english), threading.Event(), threading.Event()

    def edit() -> None:
        with attributed(ME):
            messages.write_note(french, "Le client rappelle", by=agent_of(house.other))
            holding.set()
            go_on.wait(5)

    def close() -> None:
        holding.wait(5)
        threading.Timer(0.2, go_on.set).start()
        ticket_families.apply_family_act(
            parent, FamilyActInput(act="close", seen=shown), by=agent_of(house.agent)
        )

    assert race(edit, close) == ["done", "conflict"]
    assert [fresh(t).state for t in (parent, french, english)] == ["resolved"] * 3
    assert french.messages.filter(body="Le client rappelle").exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_link_two_tickets_as_parent_of_each_other_make_one_family() -> None:
    house = make_house()
    a, b = make_ticket(house), make_ticket(house)
    ends = race(
        lambda: links.link_tickets(a, K.CHILD_OF, b, by=agent_of(house.agent)),
        lambda: links.link_tickets(b, K.CHILD_OF, a, by=agent_of(house.other)),
    )
    assert sorted(ends) == ["done", "invalid"]


def test_an_alert_is_detached_and_free_for_another_ticket(house: House) -> None:
    by, alert = agent_of(house.agent), make_alert(house)
    first, second = make_ticket(house), make_ticket(house)
    alerts.attach_alert(first, alert, by=by)
    with pytest.raises(Conflict):
        alerts.attach_alert(second, alert, by=by)
    alerts.detach_alert(first, alert, by=by)
    alerts.attach_alert(second, alert, by=by)
    with pytest.raises(NotFound):
        alerts.detach_alert(first, alert, by=by)
    with clock.travel(timedelta(hours=1)):
        assert [a.pk for a in ticket_queries.alerts_of(second)] == [alert.pk]
