"""From the call to a ticket of the agent's own, and missed calls as work."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from opale.customers.models import Contact
from opale.infrastructure.models import ConfigurationItem, Dependency, ServiceItem
from opale.kernel.actor import ANONYMOUS, EVERYTHING, Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.run.desk.actions.links import link_tickets
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Kind, Source, Ticket, TicketLink
from opale.run.desk.queries.timeline import ticket_timeline
from opale.run.desk.queries.wallboards import QueueLength, get_wallboard
from opale.run.desk.tests.builders import House, make_customer, make_house, make_service
from opale.run.telephone.actions import cleanup, lines, missed_calls, tickets
from opale.run.telephone.actions.tickets import CallSheet
from opale.run.telephone.models import Call, HeardSignal, Line
from opale.run.telephone.queries import call_sheets, calls, people
from opale.run.telephone.queries.call_sheets import Caller
from opale.run.telephone.states import Dismissal, FollowUp
from opale.run.telephone.tests.builders import (
    ANSWER,
    HANGUP,
    NOW,
    RING,
    agent_of,
    make_line,
    signal,
    told,
)

pytestmark = pytest.mark.django_db
HOUSE = system("test")


@pytest.fixture
def house() -> House:
    house = make_house()
    with attributed(HOUSE):
        Contact.objects.filter(pk=house.contact.pk).update(phone_e164="+33199001122")
    make_line(house.agent, "102")
    return house


def missed_call(call_id: str = "1", minutes: int = 5) -> Call:
    at = now() - timedelta(minutes=minutes)
    return told(signal(RING, call_id), signal(HANGUP, call_id, cause="cancel"), at=at)


def answered_call(call_id: str = "1", minutes: int = 5) -> Call:
    at = now() - timedelta(minutes=minutes)
    return told(signal(RING, call_id), signal(ANSWER, call_id, answering="102"), at=at)


def incident(house: House, item: ConfigurationItem | None = None, code: str = "BETA") -> Ticket:
    """An incident of something that another customer noticed."""
    other = make_customer(house.calendar, code, f"Company {code}")
    new = NewTicket(
        subject=f"Company {code} has no network",
        source=Source.EVENT,
        kind=Kind.INCIDENT,
        customer=other,
        item=item,
    )
    return receive_ticket(new, by=HOUSE)


def router_beneath(house: House) -> ConfigurationItem:
    """A router on which the customer's service stands by way of its access."""
    with attributed(HOUSE):
        router, access = (
            ConfigurationItem.objects.create(name=name, kind="router", state="in_service")
            for name in ("rtr-lil-01", "acc-lil-01")
        )
        Dependency.objects.create(upper=access, lower=router)
        ServiceItem.objects.create(customer=house.customer, service=house.service, item=access)
    return router


def test_the_ticket_of_a_call_is_the_agents_from_this_moment(house: House) -> None:
    call = answered_call()
    sheet = CallSheet(
        subject="No network", body="Since nine", customer=house.customer, contact=house.contact
    )
    ticket = tickets.open_ticket(sheet, call=call, by=agent_of(house.agent))
    call.refresh_from_db()
    assert (ticket.owner, ticket.state, ticket.source) == (house.agent, "in_progress", "phone")
    assert (ticket.received_at, ticket.contact) == (call.began_at, house.contact)
    assert (call.ticket_id, call.agent) == (ticket.pk, house.agent)
    assert ticket.messages.get().body == "Since nine"


def test_a_call_stands_on_the_timeline_with_its_length(house: House) -> None:
    call = answered_call()
    by = agent_of(house.agent)
    ticket = tickets.open_ticket(CallSheet(subject="No network"), call=call, by=by)
    told(signal(HANGUP, cause="normalClearing"), at=call.began_at + timedelta(seconds=200))
    entries, _older = ticket_timeline(ticket)
    entry = next(one for one in entries if one.kind == "elsewhere")
    assert (entry.template, entry.at) == ("telephone/calls/_happened.html", call.began_at)
    assert entry.row.length == timedelta(seconds=190)
    public, _older = ticket_timeline(ticket, internal=False)
    assert all(one.kind != "elsewhere" for one in public)


def test_a_call_is_on_one_ticket(house: House) -> None:
    call, by = answered_call(), agent_of(house.agent)
    tickets.open_ticket(CallSheet(subject="No network"), call=call, by=by)
    with pytest.raises(Conflict):
        tickets.open_ticket(CallSheet(subject="Again"), call=call, by=by)
    assert Ticket.objects.count() == 1


def test_what_the_ticket_refuses_leaves_nothing(house: House) -> None:
    call = answered_call()
    with pytest.raises(Invalid):
        tickets.open_ticket(CallSheet(subject=" "), call=call, by=agent_of(house.agent))
    call.refresh_from_db()
    assert (call.ticket, Ticket.objects.count()) == (None, 0)


def test_a_call_without_a_telephone_system_is_noted(house: House) -> None:
    began_at = now() - timedelta(minutes=3)
    sheet = CallSheet(subject="A question", began_at=began_at)
    ticket = tickets.open_ticket(sheet, by=agent_of(house.agent))
    call = Call.objects.get()
    assert (call.ticket, call.agent, call.began_at) == (ticket, house.agent, began_at)
    assert (call.by_hand, call.length) == (True, None)


def test_a_call_about_a_known_ticket_is_put_on_it(house: House) -> None:
    new = NewTicket(subject="Slow", source=Source.MAIL, customer=house.customer)
    ticket = receive_ticket(new, by=HOUSE)
    call = answered_call()
    by = agent_of(house.agent)
    tickets.link_call_to_ticket(call, ticket, contact=house.contact, by=by)
    call.refresh_from_db()
    assert (call.ticket, call.contact) == (ticket, house.contact)
    foreign = incident(house)
    with pytest.raises(Invalid):
        tickets.link_call_to_ticket(answered_call("2"), foreign, contact=house.contact, by=by)


def test_incidents_are_felt_by_whom_they_touch(house: House) -> None:
    router = router_beneath(house)
    shared, elsewhere = incident(house, router), incident(house, code="GAMMA")
    by = agent_of(house.agent)
    own = receive_ticket(
        NewTicket(subject="Ours", source=Source.MAIL, kind=Kind.INCIDENT, customer=house.customer),
        by=HOUSE,
    )
    felt = {one.ticket: one for one in call_sheets.incidents_affecting(house.customer, seen_by=by)}
    assert set(felt) == {shared, own}
    assert (felt[shared].own, felt[shared].service_id) == (False, house.service.pk)
    assert felt[own].own
    with pytest.raises(NotFound):
        call_sheets.get_affecting_incident(house.customer, elsewhere.number, seen_by=by)


def test_the_affected_caller_gets_a_child_that_names_nobody_else(house: House) -> None:
    shared, by = incident(house, router_beneath(house)), agent_of(house.agent)
    call = answered_call()
    felt = call_sheets.get_affecting_incident(house.customer, shared.number, seen_by=by)
    child = tickets.add_affected_caller(
        felt, customer=house.customer, contact=house.contact, call=call, by=by
    )
    assert (child.subject, child.kind) == ("Incident sur VPN-1", "incident")
    assert (child.owner, child.service, child.contact) == (
        house.agent,
        house.service,
        house.contact,
    )
    link = TicketLink.objects.get()
    assert (link.ticket, link.kind, link.other) == (child, "child_of", shared)
    # Who calls again is put on the child that there is.
    again = answered_call("2", minutes=1)
    (own,) = call_sheets.incidents_affecting(house.customer, seen_by=by)
    assert (own.ticket, own.own) == (child, True)
    assert (
        tickets.add_affected_caller(
            own, customer=house.customer, contact=house.contact, call=again, by=by
        )
        == child
    )
    assert TicketLink.objects.count() == 1


def test_a_child_leads_to_the_head_of_its_family(house: House) -> None:
    router = router_beneath(house)
    child, parent = incident(house, router), incident(house, code="MAJOR")
    link_tickets(child, TicketLink.Kind.CHILD_OF, parent, by=HOUSE)
    felt = call_sheets.incidents_affecting(house.customer, seen_by=agent_of(house.agent))
    assert [one.ticket for one in felt] == [parent]


def test_only_people_of_the_desk_open_tickets(house: House) -> None:
    call = answered_call()
    for by in (HOUSE, ANONYMOUS):
        with pytest.raises(NotAllowed):
            tickets.open_ticket(CallSheet(subject="x"), call=call, by=by)


def test_calling_back_is_taken_by_one_for_all_calls_of_the_number(house: House) -> None:
    first, second = missed_call("1", 9), missed_call("2", 5)
    missed_calls.call_back(second, by=agent_of(house.agent))
    for call in (first, second):
        call.refresh_from_db()
        assert (call.follow_up, call.followed_by) == (FollowUp.TAKEN, house.agent)
    missed_calls.call_back(first, by=agent_of(house.agent))
    with pytest.raises(Conflict):
        missed_calls.call_back(first, by=agent_of(house.other))


def test_the_ticket_of_a_missed_call_settles_it(house: House) -> None:
    call, by = missed_call(minutes=120), agent_of(house.agent)
    missed_calls.call_back(call, by=by)
    ticket = tickets.open_ticket(CallSheet(subject="No network"), call=call, by=by)
    call.refresh_from_db()
    assert (call.follow_up, call.ticket) == (FollowUp.DONE, ticket)
    # Nothing was heard before somebody called back.
    assert ticket.received_at > now() - timedelta(minutes=1)


def test_a_missed_call_is_dismissed_with_a_reason_and_comes_back(house: House) -> None:
    call, by = missed_call(), agent_of(house.agent)
    missed_calls.dismiss_call(call, Dismissal.WRONG_NUMBER, by=by)
    call.refresh_from_db()
    assert (call.follow_up, call.dismissal) == (FollowUp.DISMISSED, "wrong_number")
    with pytest.raises(Conflict):
        missed_calls.dismiss_call(call, Dismissal.UNWANTED, by=by)
    missed_calls.reopen_missed_call(call, by=by)
    call.refresh_from_db()
    assert (call.follow_up, call.dismissal, call.followed_by) == (FollowUp.OPEN, "", None)
    with pytest.raises(IntegrityError), transaction.atomic(), attributed(HOUSE):
        Call.objects.filter(pk=call.pk).update(follow_up="dismissed")


def test_what_rang_without_end_was_missed(house: House) -> None:
    call = told(signal(RING), at=now() - timedelta(minutes=11))
    talking = told(
        signal(RING, "2"), signal(ANSWER, "2", answering="102"), at=now() - timedelta(hours=1)
    )
    assert cleanup.end_stale_calls(by=HOUSE, at=now()) == 1
    call.refresh_from_db()
    talking.refresh_from_db()
    assert (call.state, call.follow_up, talking.state) == ("missed", "open", "answered")
    late = now() + timedelta(hours=12)
    assert cleanup.end_stale_calls(by=HOUSE, at=late) == 1
    talking.refresh_from_db()
    assert (talking.state, talking.length) == ("ended", None)


def test_what_was_said_is_forgotten_before_the_calls(house: House) -> None:
    kept = tickets.open_ticket(
        CallSheet(subject="x"), call=answered_call(), by=agent_of(house.agent)
    )
    missed_call("2")
    cleanup.delete_old_calls(by=HOUSE, at=now() + timedelta(days=91))
    assert (HeardSignal.objects.count(), Call.objects.count()) == (0, 2)
    cleanup.delete_old_calls(by=HOUSE, at=now() + timedelta(days=366))
    assert [call.ticket for call in Call.objects.all()] == [kept]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(e)::text FROM telephone_callevent AS e")
        assert all("99001122" not in row for (row,) in cursor.fetchall())


def test_people_name_their_own_telephones(house: House) -> None:
    by = agent_of(house.other)
    assert lines.set_lines(["w1", " 01 99 00 01 03 ", ""], by=by) == ["w1", "+33199000103"]
    assert people.people_called(["W1", "33199000103"]) == dict.fromkeys(
        ("W1", "33199000103"), house.other.pk
    )
    with pytest.raises(Invalid):
        lines.set_lines(["102"], by=by)
    lines.set_lines(["w2"], by=by)
    assert people.lines_of(by) == ["w2"]
    assert Line.objects.count() == 2


def test_a_caller_is_who_an_agent_says(house: House) -> None:
    by = agent_of(house.agent)
    call = told(signal(RING, caller="33199007777"), at=NOW)
    nobody = call_sheets.get_caller(call, seen_by=by, contact_id=None, customer_id=None)
    assert nobody == Caller()
    said = call_sheets.get_caller(call, seen_by=by, contact_id=house.contact.pk, customer_id=None)
    assert (said.contact, said.customer) == (house.contact, house.customer)
    near = told(signal(RING, "2", caller="33199001199"), at=NOW)
    found = call_sheets.get_caller(near, seen_by=by, contact_id=None, customer_id=None)
    assert (found.customer, found.maybe) == (None, (house.customer,))


def test_a_contact_sees_no_call(house: House) -> None:
    answered_call()
    grants = dict.fromkeys(("desk.read", "customers.read"), EVERYTHING)
    contact = Actor("contact", "user:9", "Ana", grants, contact_id=house.contact.pk)
    assert not calls.calls(seen_by=contact).exists()


def test_services_of_the_caller_are_those_in_use(house: House) -> None:
    make_service(house.customer, "VPN-2")
    found = call_sheets.services_of(house.customer, seen_by=agent_of(house.agent))
    assert [service.reference for service in found] == ["VPN-1", "VPN-2"]


def test_the_wall_tells_of_missed_calls(house: House) -> None:
    by = agent_of(house.agent)
    seeing = replace(by, grants={**by.grants, "telephone.read": EVERYTHING})
    blind = replace(by, grants={"desk.read": EVERYTHING})
    assert get_wallboard(seen_by=seeing, at=now()).missed == QueueLength("missed", 0, None)
    first, _second = missed_call("1", 9), missed_call("2", 3)
    assert get_wallboard(seen_by=seeing, at=now()).missed == QueueLength(
        "missed", 2, first.began_at
    )
    assert get_wallboard(seen_by=blind, at=now()).missed == QueueLength("missed", 0, None)
