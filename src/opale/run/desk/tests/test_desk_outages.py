"""Several outages of one ticket: of a reopened one, and of several services.

Source: docs/rules/clocks.md, "Availability"; docs/rules/ticket-life-cycle.md, "What is stated".
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.personas import Personas

from opale.customers.models import Service
from opale.infrastructure.models import ConfigurationItem, ServiceItem
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove, Invalid, NotAllowed
from opale.kernel.fulltext import parse_query
from opale.run.desk.actions import endings, lifecycle, merges, outages, ownership
from opale.run.desk.actions.classifications import ClassificationInput, classify_ticket
from opale.run.desk.domain.availability import Month
from opale.run.desk.listings.tickets import TICKETS
from opale.run.desk.models import Grade, Kind, ServiceOutage, Ticket, TicketAlert
from opale.run.desk.queries import availability, ticket_search
from opale.run.desk.queries.endings import outage_start
from opale.run.desk.queries.outages import affected_services, history_of_outages, outages_of
from opale.run.desk.queries.ticket_search import SearchFilters
from opale.run.desk.tests.builders import make_incident, make_service
from opale.run.desk.tests.test_desk_endings import form_of
from opale.run.desk.tests.test_desk_firing_alerts import make_alert
from opale.run.events.models import Alert
from opale.ui.components.times import weekday_moment

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(personas: Personas) -> Client:
    return personas.client("desk_agent")


def began() -> datetime:
    """Twelve hours that lie in one month of Paris, and are over."""
    now = clock.now()
    starts = Month.of(now, "Europe/Paris").starts
    return now - 12 * HOUR if now - 12 * HOUR > starts else starts - 24 * HOUR


def reopened(personas: Personas) -> Ticket:
    """An incident that was down for one hour, and reopened after another one."""
    by = personas.actor("desk_agent")
    with attributed(by):
        service = make_service(personas.customer, "VPN-9")
    at = began()
    ticket = make_incident(personas, "Link down", Grade.HIGH, service=service, at=at)
    ticket = ownership.take_ticket(ticket, by=by, seen_owner_id=ticket.owner_id)
    endings.resolve(ticket, by=by, outage="down", since=at, at=at + HOUR)
    with clock.travel(at + 2 * HOUR - clock.now()):
        lifecycle.reopen_ticket(Ticket.objects.get(pk=ticket.pk), by=by)
    return Ticket.objects.get(pk=ticket.pk)


def down_in_month(personas: Personas, service: Service, at: datetime) -> timedelta:
    month = Month.of(at, "Europe/Paris")
    by = personas.actor("service_manager")
    (found,) = availability.months_of([service], [month], seen_by=by, at=clock.now())
    return found.found.down


def test_each_outage_of_a_reopened_ticket_counts(personas: Personas) -> None:
    ticket, by = reopened(personas), personas.actor("desk_agent")
    at = ticket.received_at
    assert ticket.service is not None
    assert (ticket.outage_from, ticket.restored_at) == (None, None)
    assert [(o.starts, o.ends, o.service) for o in outages_of(ticket)] == [
        (at, at + HOUR, ticket.service)
    ]
    again = outage_start(ticket)
    assert abs(again - (at + 2 * HOUR)) < timedelta(minutes=1), "since the reopening"
    assert down_in_month(personas, ticket.service, at) == HOUR
    endings.resolve(ticket, by=by, outage="down", since=at + 3 * HOUR, at=at + 5 * HOUR)
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert [(o.starts, o.ends) for o in outages_of(ticket)] == [
        (at, at + HOUR),
        (at + 3 * HOUR, at + 5 * HOUR),
    ]
    assert ticket.service is not None
    assert down_in_month(personas, ticket.service, at) == 3 * HOUR
    down = availability.services_with_outages(
        personas.customer, at - HOUR, seen_by=personas.actor("service_manager"), limit=5
    )
    assert down == [ticket.service]


def test_a_reopened_survivor_ends_the_outages_of_tickets_merged_into_it(
    personas: Personas,
) -> None:
    by = personas.actor("desk_agent")
    with attributed(by):
        first, second = (make_service(personas.customer, name) for name in ("VPN-1", "VPN-2"))
    at = began()
    merged = make_incident(personas, "Site down", Grade.HIGH, service=first, at=at)
    survivor = make_incident(personas, "Router down", Grade.HIGH, at=at)
    outages.set_outage(merged, at, by=by)
    outages.set_other_outages(merged, [second], at, by=by)
    merges.merge_tickets([merged], survivor, by=by)
    endings.resolve(Ticket.objects.get(pk=survivor.pk), by=by, at=at + 2 * HOUR)
    lifecycle.reopen_ticket(Ticket.objects.get(pk=survivor.pk), by=by)
    for service in (first, second):
        assert down_in_month(personas, service, at) == 2 * HOUR, service
    merged.refresh_from_db()
    assert merged.outage_from is None
    assert {(o.service, o.starts, o.ends) for o in outages_of(merged)} == {
        (first, at, at + 2 * HOUR),
        (second, at, at + 2 * HOUR),
    }


def test_a_cancelled_ticket_that_is_reopened_keeps_its_running_outage(personas: Personas) -> None:
    by = personas.actor("desk_agent")
    ticket = make_incident(personas, "Link down", Grade.HIGH)
    ticket = outages.set_outage(ticket, ticket.received_at, by=by)
    lifecycle.cancel_ticket(ticket, by=by)
    lifecycle.reopen_ticket(Ticket.objects.get(pk=ticket.pk), by=by)
    ticket.refresh_from_db()
    assert ticket.outage_from == ticket.received_at
    assert not ServiceOutage.objects.exists()


def test_the_panel_asks_anew_and_names_the_past_outage(personas: Personas, agent: Client) -> None:
    ticket = reopened(personas)
    path = f"/tickets/{ticket.number}/resolution/"
    page = agent.get(path).content.decode()
    assert "Recorded already: VPN-9" in page
    assert f"/tickets/{ticket.number}/outages/" in page
    said = form_of(agent, path)
    assert said["outage"] == "not_down", "no alert since it was restored"
    api = Client(headers={"Authorization": f"Bearer {personas.token('desk_agent')}"})
    proposed = f"/api/v1/tickets/{ticket.number}/restoration"
    assert api.get(proposed).json()["proposed_outage_from"] is None
    with attributed(system("test")):
        for hours in (0, 3):
            alert = make_alert(f"Port {hours}")
            Alert.objects.filter(pk=alert.pk).update(started_at=ticket.received_at + hours * HOUR)
            TicketAlert.objects.create(
                ticket=ticket, alert=alert, customer=ticket.customer, linked_at=clock.now()
            )
    said = form_of(agent, path)
    assert said["outage"] == "down", "an alert began since"
    again = datetime.fromisoformat(api.get(proposed).json()["proposed_outage_from"])
    assert abs(again - ticket.received_at - 3 * HOUR) < timedelta(seconds=1)
    assert agent.post(path, said | {"silent": "on"}).status_code == 302
    assert len(outages_of(Ticket.objects.get(pk=ticket.pk))) == 2
    shown = agent.get(f"/tickets/{ticket.number}/").content.decode()
    assert f'<a href="/tickets/{ticket.number}/outages/">2</a>' in shown


def test_past_outages_are_corrected_and_removed_with_history(
    personas: Personas, agent: Client
) -> None:
    ticket, by = reopened(personas), personas.actor("desk_agent")
    at, (row,) = ticket.received_at, ServiceOutage.objects.all()
    outages.correct_outage(row, by=by, starts=at + HOUR / 2, ends=at + HOUR)
    assert ticket.service is not None
    assert down_in_month(personas, ticket.service, at) == HOUR / 2
    with pytest.raises(Invalid):
        outages.correct_outage(row, by=by, starts=at + HOUR, ends=at)
    with pytest.raises(Invalid):
        outages.correct_outage(row, by=by, starts=at, ends=None)
    added = outages.record_outage(ticket, at + 2 * HOUR, at + 4 * HOUR, by=by)
    assert added.service == ticket.service
    assert down_in_month(personas, ticket.service, at) == HOUR * 5 / 2
    outages.withdraw_outage(added, by=by)
    kinds = [(one.created, one.deleted) for one in history_of_outages(ticket)]
    assert kinds == [(False, True), (True, False), (False, False), (True, False)]
    page = agent.get(f"/tickets/{ticket.number}/outages/").content.decode()
    assert "removed an outage" in page
    with attributed(by):
        other = make_service(personas.customer, "VPN-8")
    outages.correct_outage(row, by=by, starts=row.starts, ends=row.ends, service=other)
    page = agent.get(f"/tickets/{ticket.number}/outages/").content.decode()
    assert "Service: VPN-9 → VPN-8" in page
    with timezone.override("Europe/Paris"):
        assert f"Down from: {weekday_moment(at)} → " in page
    with pytest.raises(NotAllowed):
        outages.withdraw_outage(row, by=personas.actor("customer_contact"))


def test_a_request_states_no_outage(personas: Personas) -> None:
    ticket, by = make_incident(personas, "Question"), personas.actor("desk_agent")
    with attributed(by):
        Ticket.objects.filter(pk=ticket.pk).update(kind=Kind.REQUEST)
    at = ticket.received_at
    with pytest.raises(IllegalMove):
        outages.record_outage(ticket, at - HOUR, at, by=by)


def two_services(personas: Personas) -> tuple[Ticket, Service, Service]:
    """An incident on the first of two services that need the same router, of one customer."""
    with attributed(system("test")):
        first, second = (make_service(personas.customer, name) for name in ("VPN-1", "VPN-2"))
        foreign = make_service(personas.other_customer, "VPN-3")
        router = ConfigurationItem.objects.create(name="core-1", kind="router")
        for one in (first, second, foreign):
            ServiceItem.objects.create(service=one, item=router, customer_id=one.customer_id)
        ticket = make_incident(personas, "Router down", Grade.HIGH, service=first, at=began())
        Ticket.objects.filter(pk=ticket.pk).update(item=router)
    return Ticket.objects.get(pk=ticket.pk), first, second


def test_the_panel_asks_which_of_several_services_were_down(
    personas: Personas, agent: Client
) -> None:
    ticket, first, second = two_services(personas)
    by = personas.actor("desk_agent")
    assert list(affected_services(ticket, seen_by=by)) == [first, second]
    path = f"/tickets/{ticket.number}/restoration/"
    page = agent.get(path).content.decode()
    assert "VPN-2" in page
    assert "VPN-3" not in page, "another customer's"
    at = ticket.received_at
    said: dict[str, Any] = form_of(agent, path) | {"services": [first.pk, second.pk]}
    assert agent.post(path, said | {"silent": "on"}).status_code == 302
    ticket.refresh_from_db()
    assert ticket.restored_at is not None
    assert [(o.service, o.starts, o.ends) for o in outages_of(ticket)] == [
        (first, at, ticket.restored_at),
        (second, at, ticket.restored_at),
    ]
    for service in (first, second):
        assert down_in_month(personas, service, at) > timedelta()


def test_one_of_the_services_may_have_kept_running(personas: Personas) -> None:
    ticket, first, second = two_services(personas)
    by, at = personas.actor("desk_agent"), ticket.received_at
    ended = endings.restore(ticket, by=by, at=at + HOUR, outage="down", since=at, services=[second])
    assert ended.ticket.outage_from is None
    assert down_in_month(personas, first, at) == timedelta()
    assert down_in_month(personas, second, at) == HOUR
    endings.undo_ending(ended.ticket, ended.before, None, ended=ended.ticket.state, by=by)
    assert not outages_of(Ticket.objects.get(pk=ticket.pk))


def test_a_withdrawn_restoration_goes_on_for_all_services(personas: Personas) -> None:
    ticket, first, second = two_services(personas)
    by, at = personas.actor("desk_agent"), ticket.received_at
    endings.restore(ticket, by=by, at=at + HOUR, outage="down", since=at, services=[first, second])
    lifecycle.withdraw_restoration(ticket, by=by)
    endings.restore(ticket, by=by, at=at + 2 * HOUR, outage="down", since=at, services=[second])
    assert down_in_month(personas, first, at) == timedelta()
    assert down_in_month(personas, second, at) == 2 * HOUR
    endings.resolve(Ticket.objects.get(pk=ticket.pk), by=by)
    lifecycle.reopen_ticket(Ticket.objects.get(pk=ticket.pk), by=by)
    assert ServiceOutage.objects.get().ends == at + 2 * HOUR


def test_programs_state_services_and_read_all_outages(personas: Personas) -> None:
    ticket, first, second = two_services(personas)
    client = Client(headers={"Authorization": f"Bearer {personas.token('desk_agent')}"})
    url, at = f"/api/v1/tickets/{ticket.number}", ticket.received_at
    said = {
        "outage": "down",
        "since": at.isoformat(),
        "at": (at + HOUR).isoformat(),
        "services": [first.pk, second.pk],
    }
    answer = client.post(f"{url}/restoration", said, content_type="application/json")
    assert answer.status_code == 200, answer.content
    past = {"starts": (at + 2 * HOUR).isoformat(), "ends": (at + 3 * HOUR).isoformat()}
    made = client.post(f"{url}/outages", past, content_type="application/json")
    assert made.status_code == 201, made.content
    assert (made.json()["service"], made.json()["service_id"]) == ("VPN-1", first.pk)
    rows = client.get(f"{url}/outages").json()
    assert [(row["service"], row["id"] is None) for row in rows] == [
        ("VPN-1", True),
        ("VPN-2", False),
        ("VPN-1", False),
    ]
    path = f"{url}/outages/{made.json()['id']}"
    changed = past | {"service_id": second.pk}
    answer = client.post(f"{path}/correction", changed, content_type="application/json")
    assert answer.json()["service"] == "VPN-2", answer.content
    assert client.post(f"{path}/withdrawal").status_code == 204
    history = client.get(f"{url}/history/outages").json()
    assert len(history) == 4


def test_an_outage_belongs_to_the_customer_of_its_service(personas: Personas) -> None:
    by = personas.actor("desk_agent")
    with attributed(by):
        first, second = (make_service(personas.customer, name) for name in ("VPN-1", "VPN-2"))
        foreign = make_service(personas.other_customer, "VPN-3")
    at = began()
    ticket = make_incident(personas, "Router down", Grade.HIGH, at=at)
    with attributed(by):
        Ticket.objects.filter(pk=ticket.pk).update(customer=None, contact=None)
    ticket.refresh_from_db()
    endings.restore(ticket, by=by, outage="down", since=at, at=at + HOUR, services=[first, foreign])
    past = outages.record_outage(ticket, at + HOUR, at + 2 * HOUR, by=by, service=first)
    owners = {row.service_id: row.customer_id for row in ServiceOutage.objects.all()}
    assert owners == {first.pk: personas.customer.pk, foreign.pk: personas.other_customer.pk}
    own = outages.record_outage(ticket, at + HOUR, at + 2 * HOUR, by=by)
    assert own.customer_id is None
    outages.correct_outage(past, by=by, starts=past.starts, ends=past.ends, service=second)
    past.refresh_from_db()
    assert past.customer_id == personas.customer.pk
    ticket.refresh_from_db()
    named = replace(ClassificationInput.of(ticket), customer=personas.customer)
    classify_ticket(ticket, named, by=by)
    owners = {row.service_id: row.customer_id for row in ServiceOutage.objects.all()}
    assert owners == {
        None: personas.customer.pk,
        first.pk: personas.customer.pk,
        second.pk: personas.customer.pk,
        foreign.pk: personas.other_customer.pk,
    }


# Affected customers.


def test_an_incident_of_shared_items_names_the_customers_that_it_hits(
    personas: Personas, agent: Client
) -> None:
    ticket, first, second = two_services(personas)
    url = f"/tickets/{ticket.number}/affected/"
    assert url in agent.get(f"/tickets/{ticket.number}/").content.decode()
    page = agent.get(url).content.decode()
    assert "Affected customers" in page
    assert "2 customers, 3 services" in page
    assert [name in page for name in ("VPN-1", "VPN-2", "VPN-3")] == [True] * 3
    assert f"/items/{ticket.item_id}/impact/" in page
    api = Client(headers={"Authorization": f"Bearer {personas.token('desk_agent')}"})
    rows = api.get(f"/api/v1/tickets/{ticket.number}/affected?limit=1").json()
    assert [row["customer_id"] for row in rows["items"]] == [personas.customer.pk]
    after = f"/api/v1/tickets/{ticket.number}/affected?after={rows['next']}"
    rows = [*rows["items"], *api.get(after).json()["items"]]
    assert {row["customer_id"]: len(row["services"]) for row in rows} == {
        personas.customer.pk: 2,
        personas.other_customer.pk: 1,
    }
    with attributed(system("test")):
        ServiceItem.objects.exclude(service__in=[first, second]).delete()
    assert not agent.get(url).content.strip(), "its own customer alone"


# The cause is found.


def test_a_ticket_is_found_by_its_cause(personas: Personas, agent: Client) -> None:
    by = personas.actor("desk_agent")
    ticket = make_incident(personas, "Link down")
    make_incident(personas, "Another link")
    lifecycle.resolve_ticket(ticket, by=by, cause="Pelleteuse rue des Acacias")
    found = ticket_search.search_tickets(parse_query("pelleteuses"), seen_by=by).found
    assert [(one.ticket, one.cause) for one in found] == [(ticket, "Pelleteuse rue des Acacias")]
    exact = parse_query('"rue des acacias"')
    assert len(ticket_search.search_tickets(exact, seen_by=by).found) == 1
    for place, number in (("causes", 1), ("subjects", 0), ("messages", 0)):
        narrowing = SearchFilters(place=place)  # type: ignore[arg-type]
        asked = parse_query("acacias")
        held = ticket_search.search_tickets(asked, seen_by=by, narrowing=narrowing).found
        assert len(held) == number, place
    page = agent.get("/search/?q=acacias").content.decode()
    assert "Pelleteuse rue des <mark>Acacias</mark>" in page
    rows = TICKETS.rows(seen_by=by, q="acacias")
    assert list(rows) == [ticket]
    api = Client(headers={"Authorization": f"Bearer {personas.token('desk_agent')}"})
    (one,) = api.get("/api/v1/search?q=acacias").json()["tickets"]
    assert (one["in_cause"], one["marked"]) == (True, ["Acacias"])
    contact = personas.actor("customer_contact")
    assert not ticket_search.search_tickets(parse_query("acacias"), seen_by=contact).found
