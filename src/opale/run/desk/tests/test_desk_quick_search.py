"""What is typed into a list of tickets finds the same, however many tickets hold it."""

import re
from html import unescape
from urllib.parse import urlencode, urljoin

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.personas import Personas, make_personas

from opale.kernel.actor import EVERYTHING, Actor, system
from opale.kernel.attribution import attributed
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import DeskQuerySet, ExternalReference, Source, Ticket
from opale.run.desk.queries import quick_search as typed_text
from opale.run.desk.tests.builders import minutes_ago
from opale.run.desk.web import queue

MAKER = system("test")
READER = Actor("person", "user:1", "Reader", {"desk.read": EVERYTHING, "desk.console": EVERYTHING})
SUBJECTS = (
    *("Fibre cut", "VPN slow", "Fibre flaps", "Fibre dark", "Mail late"),
    *("VPN down", "Fibre again", "a%b", "VPN up", "Fibre mended"),
)
TYPED = ("fibre", "VPN", "vpn ", "late", "nothing", "a", "%", "a%b", "own", "INC 7", "a number", "")
NEXT = re.compile(r'rel="next" href="([^"]+)"')
NUMBER = re.compile(r'href="/tickets/(\d+)/"')


@pytest.fixture
def personas(db: None) -> Personas:
    return make_personas()


@pytest.fixture
def tickets(personas: Personas, monkeypatch: pytest.MonkeyPatch) -> list[Ticket]:
    """The oldest first, two of each minute. Few are near, and fewer are few."""
    monkeypatch.setattr(typed_text, "NEAR", 3)
    monkeypatch.setattr(typed_text, "MANY", 2)
    monkeypatch.setattr(typed_text, "FEW", 2)
    first = minutes_ago(90).replace(microsecond=0)
    moments = [first.replace(second=n // 2) for n in range(len(SUBJECTS))]
    made = [
        receive_ticket(
            NewTicket(
                subject=subject,
                source=Source.MAIL,
                customer=personas.customer,
                contact=personas.contact,
            ),
            by=MAKER,
            at=at,
        )
        for subject, at in zip(SUBJECTS, moments, strict=True)
    ]
    with attributed(MAKER):
        ExternalReference.objects.create(ticket=made[1], party="Carrier", number="INC 7")
    return made


def everything() -> DeskQuerySet[Ticket]:
    return Ticket.objects.visible_to(READER)


@pytest.mark.parametrize("newest", [True, False])
@pytest.mark.parametrize("typed", TYPED)
def test_the_first_are_those_of_all_that_match(
    typed: str, newest: bool, tickets: list[Ticket]
) -> None:
    typed = f"T-{tickets[4].number}" if typed == "a number" else typed
    mark = "-" if newest else ""
    every = typed_text.matching_typed_text(everything(), typed, seen_by=READER)
    wanted = [row.pk for row in every.order_by(f"{mark}received_at", f"{mark}id")]
    assert wanted or typed == "nothing"
    for size in (1, 2, 4, 50):
        found = typed_text.first_matching_typed_text(
            everything(), size, text=typed, seen_by=READER, newest=newest
        )
        assert [row.pk for row in found] == wanted[:size]


def asked_for(typed: str, size: int) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        typed_text.first_matching_typed_text(everything(), size, text=typed, seen_by=READER)
    return [one["sql"] for one in asked.captured_queries]


@pytest.mark.usefixtures("tickets")
def test_what_many_hold_is_near_and_what_few_hold_is_gathered_and_sorted() -> None:
    _edge, near = asked_for("fibre", 1)
    assert 'received_at" >' in near
    _edge, _near, _newest, _sample, gathered, named = asked_for("late", 5)
    assert "count(*) OVER ()" in gathered
    assert 'COALESCE("desk_ticket"."subject"' not in gathered
    assert 'ORDER BY "desk_ticket"."received_at"' not in gathered
    assert "subject" not in named.partition(" WHERE ")[2]
    (_walked,) = asked_for("ow", 5)  # of two letters no index knows


@pytest.mark.usefixtures("tickets")
def test_what_many_hold_is_looked_for_beyond_what_was_near(monkeypatch: pytest.MonkeyPatch) -> None:
    _edge, _near, _newest, _sample, gathered, beyond = asked_for("fibre", 5)
    assert "count(*) OVER ()" in gathered
    assert 'received_at" <=' in beyond  # none is looked through again
    assert 'ORDER BY "desk_ticket"."received_at" DESC' in beyond
    assert 'COALESCE("desk_ticket"."subject"' in beyond  # as no index has it
    monkeypatch.setattr(typed_text, "NEAR", 5)
    _edge, _near, beyond = asked_for("fibre", 5)  # so many are near that all need no count
    assert 'received_at" <=' in beyond


@pytest.mark.parametrize("newest", [True, False])
def test_a_flood_that_holds_none_hides_no_letters_that_many_hold(
    newest: bool, tickets: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typed_text, "FURTHER", 1)
    monkeypatch.setattr(typed_text, "SOME", 2)
    wanted = [row.pk for row in tickets if "ibre" in row.subject]
    wanted = list(reversed(wanted)) if newest else wanted
    with CaptureQueriesContext(connection) as asked:
        found = typed_text.first_matching_typed_text(
            everything(), 5, text="fibre", seen_by=READER, newest=newest
        )
    assert [row.pk for row in found] == wanted
    assert not any("count(*) OVER" in one["sql"] for one in asked.captured_queries)


def test_pages_of_a_list_and_of_the_api_go_through_all_that_match(
    personas: Personas, tickets: list[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "ROWS", 2)
    wanted = [row.number for row in reversed(tickets) if "ibre" in row.subject]
    agent, found = personas.client("desk_agent"), []
    address = "/desk/all/?q=fibre"
    while address:
        body = agent.get(address).content.decode()
        found += list(dict.fromkeys(map(int, NUMBER.findall(body))))
        further = NEXT.search(body)
        address = urljoin(address, unescape(further[1])) if further else ""
    assert found == wanted
    found, more = [], {"q": "fibre", "limit": "2"}
    while more:
        told = agent.get(f"/api/v1/tickets?{urlencode(more)}").json()
        found += [row["number"] for row in told["items"]]
        more = more | {"after": told["next"]} if told["next"] else {}
    assert found == wanted
    around = f"/tickets/{wanted[2]}/around/?{urlencode({'list': '/desk/all/?q=fibre'})}"
    assert list(map(int, NUMBER.findall(agent.get(around).content.decode()))) == [
        wanted[1],
        wanted[3],
    ]
