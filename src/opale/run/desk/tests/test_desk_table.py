"""All tickets as a table: what is in it, for whom, and how far a search in it goes."""

import csv
import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.personas import MAKER, Personas, make_personas

from opale.infrastructure.models import ConfigurationItem, Site
from opale.kernel.attribution import attributed
from opale.run.desk.actions import ownership
from opale.run.desk.actions.assignments import WorkRequest, request_work, withdraw_assignment
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Assignment, ExternalReference, Ownership, Source, Ticket
from opale.run.desk.models.escalation import AskReason
from opale.run.desk.queries import quick_search
from opale.run.desk.tests.builders import make_service, minutes_ago

NUMBER = re.compile(r'id="[^"]*line"[^>]*>.*?href="/tickets/(\d+)/"', re.DOTALL)
SUBJECTS = ("Fibre cut", "VPN slow", "Fibre flaps", "Mail late", "Fibre dark", "VPN down")


@pytest.fixture
def personas(db: None) -> Personas:
    return make_personas()


@pytest.fixture
def tickets(personas: Personas) -> list[Ticket]:
    """The oldest first."""
    return [
        receive_ticket(
            NewTicket(
                subject=subject,
                source=Source.MAIL,
                customer=personas.customer,
                contact=personas.contact,
            ),
            by=MAKER,
            at=minutes_ago(90 - n),
        )
        for n, subject in enumerate(SUBJECTS)
    ]


def page(client: Client, query: str = "") -> str:
    answer = client.get(f"/tickets/?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def listed(client: Client, query: str = "") -> list[int]:
    return [int(number) for number in NUMBER.findall(page(client, query))]


def change(ticket: Ticket, **columns: Any) -> None:
    with attributed(MAKER):
        Ticket.objects.filter(pk=ticket.pk).update(**columns)


def exported(client: Client, query: str = "") -> list[dict[str, str]]:
    answer: Any = client.get(f"/lists/tickets/export.csv?{query}")
    assert answer.status_code == 200
    said = b"".join(answer).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(said), delimiter=";"))


def test_the_newest_come_first_and_number_and_receipt_alone_sort(
    personas: Personas, tickets: list[Ticket]
) -> None:
    agent = personas.client("desk_agent")
    oldest_first = [ticket.number for ticket in tickets]
    assert listed(agent) == oldest_first[::-1]
    for column in ("received", "number"):
        assert listed(agent, f"sort={column}") == oldest_first
        assert listed(agent, f"sort=-{column}") == oldest_first[::-1]
    heads = set(re.findall(r"sort=-?(\w+)", page(agent)))
    assert heads == {"received", "number"}


def test_a_confidential_ticket_is_in_the_table_and_its_file_of_those_involved_alone(
    personas: Personas, tickets: list[Ticket]
) -> None:
    hidden = tickets[0]
    change(hidden, confidential=True)
    for name, sees in (("desk_agent", True), ("service_manager", True), ("run_engineer", False)):
        client = personas.client(name)
        assert (hidden.number in listed(client)) is sees, name
        assert (hidden.number in listed(client, "q=fibre")) is sees, name
        assert (hidden.number in listed(client, f"q={hidden.reference}")) is sees, name
        numbers = {row["Number"] for row in exported(client)}
        assert (hidden.reference in numbers) is sees, name
        assert f"{len(tickets) - (not sees)} results" in page(client), name


@pytest.mark.parametrize("name", ["customer_contact", "foreign_contact", "employee"])
def test_who_does_not_see_the_desk_has_no_table(
    name: str, personas: Personas, tickets: list[Ticket]
) -> None:
    client = personas.client(name)
    for path in ("/tickets/", "/lists/tickets/export.csv", "/lists/tickets/export.xlsx"):
        assert client.get(path).status_code == 403


def test_filters_of_the_queue_narrow_the_table(personas: Personas, tickets: list[Ticket]) -> None:
    agent, person = personas.client("desk_agent"), personas.people["desk_agent"]
    first, second, third = tickets[:3]
    for ticket in tickets[1:]:
        ownership.give_ticket(ticket, personas.people["service_manager"], by=MAKER)
    change(first, priority=1)
    change(second, priority=2, tags=["vip"], state="pending")
    change(third, priority=3, stream="corporate", premium=True)
    cases = {
        "priority=1": [first],
        "priority=2,1": [second, first],
        "priority=1&priority=2": [second, first],
        "state=pending": [second],
        "state=pending,held": [second],
        "tag=vip": [second],
        "tag=vi": [],
        "mine=1": [first],
        "owner=me": [first],
        f"owner={person.pk}": [first],
        "stream=corporate&premium=yes": [third],
        "stream=corporate&premium=no": [],
        "age=1d": [],
        f"customer={personas.customer.pk}": tickets[::-1],
        f"customer={personas.other_customer.pk}": [],
        "waiting=customer": [],
        "received_from=2999-01-01": [],
        "priority=9&state=none&owner=x&team=x": tickets[::-1],
    }
    for query, found in cases.items():
        assert listed(agent, query) == [ticket.number for ticket in found], query


def test_who_is_asked_for_work_stands_in_the_line(
    personas: Personas, tickets: list[Ticket]
) -> None:
    team = personas.teams["run_engineer"]
    ask = WorkRequest(team=team, reason=AskReason.SKILL)
    request_work(tickets[0], ask, by=personas.actor("desk_agent"))
    agent = personas.client("desk_agent")
    assert listed(agent, f"team={team.pk}") == [tickets[0].number]
    (row,) = exported(agent, f"team={team.pk}")
    assert row["Escalated to"] == team.name


def test_the_bulk_job_of_what_is_shown_is_offered_where_it_means_the_same(
    personas: Personas, tickets: list[Ticket]
) -> None:
    change(tickets[0], priority=1)
    agent = personas.client("desk_agent")
    for query in ("", "received_from=2026-01-01", "mine=1&received_from=2026-01-01"):
        assert "/desk/bulk/new/" not in page(agent, query), query
    offered = re.search(r'href="(/desk/bulk/new/\?[^"]+)"', page(agent, "mine=1&priority=1,2"))
    assert offered
    assert "owner=me" in offered[1]
    answer = agent.get(offered[1].replace("&amp;", "&"))
    assert "P1, P2" in answer.content.decode()
    assert "/desk/bulk/new/" not in page(personas.client("project_manager"), "priority=1")


@pytest.mark.parametrize("few", [1, 1000])
@pytest.mark.parametrize("near", [2, 1000])
def test_a_search_finds_the_same_however_frequent_its_letters_are(
    near: int,
    few: int,
    personas: Personas,
    tickets: list[Ticket],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in (("NEAR", near), ("FEW", few), ("MANY", 2), ("SOME", 2)):
        monkeypatch.setattr(quick_search, name, value)
    with attributed(MAKER):
        ExternalReference.objects.create(ticket=tickets[1], party="Carrier", number="INC 7")
    agent = personas.client("desk_agent")
    for typed in ("fibre", "VPN", "late", "nothing", "a", "%"):
        found = [t.number for t in reversed(tickets) if typed.lower() in t.subject.lower()]
        assert listed(agent, f"q={typed.replace('%', '%25')}") == found, typed
    assert listed(agent, "q=INC 7") == [tickets[1].number]
    assert listed(agent, f"q={tickets[2].number}") == [tickets[2].number]


def test_rare_letters_are_gathered_before_the_list_is_read(
    personas: Personas, tickets: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick_search, "NEAR", 1)
    agent = personas.client("desk_agent")
    with CaptureQueriesContext(connection) as asked:
        assert listed(agent, "q=nothing at all") == []
    said = [q["sql"] for q in asked if "nothing at all" in q["sql"]]
    assert any("LIMIT 5001) AS few" in sql for sql in said)
    assert not any("LIMIT 51" in sql for sql in said), "a page that walks through all tickets"


def test_the_queue_leads_to_the_same_list_as_a_table(
    personas: Personas, tickets: list[Ticket]
) -> None:
    change(tickets[0], priority=1)
    change(tickets[1], state="pending", priority=1)
    agent = personas.client("desk_agent")
    for view, query in (("mine", ""), ("waiting", ""), ("open", "priority=1&priority=2")):
        queue = agent.get(f"/desk/{view}/?{query}").content.decode()
        address = re.search(r'href="/tickets/\?([^"]*)"', queue)
        assert address, view
        shown = {int(n) for n in re.findall(r'href="/tickets/(\d+)/"', queue)}
        assert set(listed(agent, address[1].replace("&amp;", "&"))) == shown, view


def test_the_filter_of_the_queue_gets_the_whole_address(
    personas: Personas, tickets: list[Ticket]
) -> None:
    page = personas.client("desk_agent").get("/desk/open/?urlencode=x&priority=1").content.decode()
    assert 'hx-get="/desk/open/filters/?urlencode=x&amp;priority=1"' in page


def asked_of_engineers(personas: Personas, ticket: Ticket) -> Assignment:
    ask = WorkRequest(team=personas.teams["run_engineer"], reason=AskReason.SKILL)
    return request_work(ticket, ask, by=personas.actor("desk_agent"))


def test_work_on_a_confidential_ticket_is_seen_by_those_involved_alone(
    personas: Personas, tickets: list[Ticket]
) -> None:
    work = asked_of_engineers(personas, tickets[0])
    change(tickets[0], confidential=True)
    involved = ("desk_agent", "run_engineer", "service_manager")
    for name, sees in (*((one, True) for one in involved), ("project_manager", False)):
        client = personas.client(name)
        for address in ("/assignments/", reverse("desk_work", args=["level-2"])):
            answer = client.get(address)
            assert answer.status_code == 200, (name, address)
            assert (tickets[0].subject in answer.content.decode()) is sees, (name, address)
        answer = client.get("/api/v1/assignments")
        assert (len(answer.json()["items"]) == 1) is sees, name
        answer = client.get(f"/assignments/{work.pk}/", follow=True)
        assert answer.status_code == (200 if sees else 404), name
        assert (tickets[0].subject in answer.content.decode()) is sees, name


def test_the_table_of_work_has_what_has_ended_too(
    personas: Personas, tickets: list[Ticket]
) -> None:
    ended, running = (asked_of_engineers(personas, ticket) for ticket in tickets[:2])
    withdraw_assignment(ended, by=personas.actor("desk_agent"))
    agent = personas.client("desk_agent")

    def shown(query: str = "") -> list[str]:
        answer: Any = agent.get(f"/lists/assignments/export.csv?{query}")
        said = b"".join(answer).decode("utf-8-sig")
        return [row["Ticket"] for row in csv.DictReader(io.StringIO(said), delimiter=";")]

    first, second = tickets[0].reference, tickets[1].reference
    assert shown("state=all") == [second, first]
    assert shown() == shown("state=running") == [second]
    assert shown("state=withdrawn") == [first]
    assert shown(f"state=all&team={personas.teams['run_engineer'].pk}") == [second, first]
    assert shown("level=level_3") == []
    items = agent.get("/api/v1/assignments?state=requested").json()["items"]
    assert [one["id"] for one in items] == [running.pk]


def test_the_table_is_narrowed_by_service_contact_item_and_site(
    personas: Personas, tickets: list[Ticket]
) -> None:
    client, ticket = personas.client("desk_agent"), tickets[2]
    with attributed(MAKER):
        site = Site.objects.create(code="LY1", name="Lyon 1", kind="datacentre", country="FR")
        item = ConfigurationItem.objects.create(name="rtr-1", kind="router", site=site)
        service = make_service(personas.customer, "VPN-77")
        Ticket.objects.filter(pk=ticket.pk).update(item=item, service=service)
        Ticket.objects.exclude(pk=ticket.pk).update(contact=None)
    for query in (
        f"service={service.pk}",
        f"contact={personas.contact.pk}",
        f"item={item.pk}",
        f"site={site.pk}",
    ):
        assert listed(client, query) == [ticket.number], query


def test_selected_lines_of_the_table_are_edited_together(
    personas: Personas, tickets: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = personas.client("desk_agent")
    page = agent.get(reverse("desk_tickets")).content.decode()
    assert "data-mark-all" in page
    assert "Edit selected" in page
    path = reverse("listings_rows_page", args=["tickets"])
    asked = agent.post(path, {"n": [tickets[0].pk, tickets[2].pk]})
    assert asked["Location"] == (
        f"{reverse('desk_bulk_new')}?n={tickets[2].number}&n={tickets[0].number}"
    )
    assert tickets[2].reference in agent.get(asked["Location"]).content.decode()
    monkeypatch.setattr("opale.run.desk.listings.tickets.MOST_MARKED", 1)
    refused = agent.post(path, {"all": "1", "query": "q=fibre"})
    assert refused["Location"] == f"{reverse('desk_tickets')}?q=fibre"
    assert "At most 1 tickets at once" in agent.get(refused["Location"]).content.decode()


def test_all_results_are_offered_as_long_as_they_can_be_edited_together(
    personas: Personas, tickets: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, path = personas.client("desk_agent"), reverse("desk_tickets")
    with attributed(MAKER):
        for number in range(60):  # more than a page
            row = Ticket.objects.get(pk=tickets[0].pk)
            row.pk, row.number = None, 90_000 + number
            row.save(force_insert=True)
            owned = Ownership.objects.filter(ticket=tickets[0]).earliest("starts")
            owned.pk, owned.ticket = None, row
            owned.save(force_insert=True)
    assert "data-mark-matching" in agent.get(path).content.decode()
    monkeypatch.setattr("opale.listings.pages.MOST", 50)
    page = agent.get(path).content.decode()
    assert "data-mark-matching" not in page
    assert "up to 50 can be edited together" in page
