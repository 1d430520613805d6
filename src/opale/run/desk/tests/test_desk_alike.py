"""Lists that many follow are read once for all who see the same, and show nobody more than his."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.personas import MAKER, Personas, make_personas

from opale.kernel import alike, clock
from opale.kernel.actor import Actor
from opale.run.desk.actions import (
    assignments,
    lifecycle,
    ownership,
    ticket_creation,
    ticket_metadata,
)
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.models import Source, Ticket
from opale.run.desk.queries import alike as alike_queries
from opale.run.desk.queries import ticket_lists
from opale.run.desk.tests.assignments import make_works
from opale.run.desk.tests.builders import make_ticket
from opale.run.desk.web import queue

pytestmark = pytest.mark.django_db
VIEWS = ("open", "all")


@pytest.fixture(autouse=True)
def nothing_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alike, "_base", (0.0, 0))
    monkeypatch.setattr(alike, "_kept", {})


@pytest.fixture
def personas(nothing_read: None) -> Personas:
    return make_personas()


def opened(personas: Personas, subject: str) -> Ticket:
    new = ticket_creation.NewTicket(subject=subject, source=Source.MAIL, customer=personas.customer)
    return ticket_creation.receive_ticket(new, by=MAKER)


def redrawn(personas: Personas, name: str, view: str = "open", *, language: str = "en") -> str:
    """The list as a browser asks for it after a change."""
    sent = {"HX-Request": "true", "Opale-Redrawn": "1"}
    client = personas.client(name)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    answer = client.get(f"/desk/{view}/", headers=sent)
    assert answer.status_code == 200
    return answer.content.decode()


def owned_by(personas: Personas, name: str, ticket: Ticket) -> None:
    ownership.take_ticket(ticket, by=personas.actor(name))


@pytest.mark.parametrize("view", VIEWS)
def test_a_confidential_ticket_is_in_the_list_of_those_who_see_it_alone(
    personas: Personas, view: str
) -> None:
    opened(personas, "For everybody")
    hidden = opened(personas, "Personnel matter")
    owned_by(personas, "run_engineer", hidden)
    ticket_metadata.set_confidential(hidden, True, by=MAKER)
    readers = {"run_engineer": True, "desk_agent": False, "service_manager": True}
    # Whoever is the first to read: the others get nothing of it but what is theirs too.
    for first in readers:
        alike._kept.clear()
        for name in (first, *readers):
            drawn = redrawn(personas, name, view)
            assert ("Personnel matter" in drawn) == readers[name], (first, name)
            assert "For everybody" in drawn


def test_what_became_confidential_is_gone_from_the_next_list(personas: Personas) -> None:
    ticket = opened(personas, "Personnel matter")
    owned_by(personas, "run_engineer", ticket)
    assert "Personnel matter" in redrawn(personas, "desk_agent")
    ticket_metadata.set_confidential(ticket, True, by=MAKER)
    assert "Personnel matter" not in redrawn(personas, "desk_agent")
    assert "Personnel matter" in redrawn(personas, "run_engineer")


def test_the_second_of_those_who_see_the_same_reads_no_tickets(personas: Personas) -> None:
    ticket = opened(personas, "Link down")
    owned_by(personas, "run_engineer", ticket)
    redrawn(personas, "run_engineer")
    with CaptureQueriesContext(connection) as asked:
        drawn = redrawn(personas, "desk_agent")
    assert "Link down" in drawn
    assert "data-mine" not in drawn
    read = [query["sql"] for query in asked if '"desk_ticket"."subject"' in query["sql"]]
    assert read == []
    opened(personas, "Another one")
    assert "Another one" in redrawn(personas, "desk_agent")


def test_rows_and_counts_of_ones_own_are_ones_own(personas: Personas) -> None:
    ticket = opened(personas, "Link down")
    owned_by(personas, "run_engineer", ticket)
    assert "data-mine" in redrawn(personas, "run_engineer")
    assert "data-mine" not in redrawn(personas, "desk_agent")
    assert "Link down" in redrawn(personas, "run_engineer", "mine")
    assert "Link down" not in redrawn(personas, "desk_agent", "mine")
    for name in ("run_engineer", "desk_agent"):
        sent = {"HX-Request": "true"}
        client = personas.client(name)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        alone = client.get("/desk/open/", headers=sent).content.decode()
        assert redrawn(personas, name) == alone


def test_the_lists_beside_it_are_counted_and_named_for_each(personas: Personas) -> None:
    """They are drawn once for all who see the same counts in the same language."""
    for number in range(3):
        owned_by(personas, "run_engineer", opened(personas, f"Line {number}"))
    names = ("run_engineer", "desk_agent", "run_engineer")

    def own(drawn: str) -> str:
        (place,) = re.findall(r'href="/desk/mine/".*?</a>', drawn)
        return str(place)

    english = [own(redrawn(personas, name)) for name in names]
    french = [own(redrawn(personas, name, language="fr")) for name in names]
    assert ["3" in re.sub(r"data-key=\S+ \d", "", place) for place in english] == [
        True,
        False,
        True,
    ]
    assert english[0] == english[2]
    assert all("My work" in place for place in english)
    assert all("Mon travail" in place for place in french)
    elsewhere = redrawn(personas, "desk_agent", "mine")
    assert 'aria-current="page"' in own(elsewhere)
    assert 'aria-current="page"' not in own(redrawn(personas, "desk_agent"))


def test_the_work_of_the_levels_is_counted_with_the_lists() -> None:
    works = make_works()
    ticket = ownership.take_ticket(make_ticket(works.house), by=works.agent)
    assignments.request_work(
        ticket, WorkRequest(team=works.level_2, tried=["ping"]), by=works.agent
    )
    known = alike_queries.alike(works.agent, "open")
    assert known is not None
    counted = alike_queries.counts_alike(known, seen_by=works.agent, at=clock.now())
    assert counted == ticket_lists.counts(seen_by=works.agent, at=clock.now())
    assert counted["level-2"] == 1


def test_who_saw_a_confidential_ticket_long_ago_reads_with_the_others(personas: Personas) -> None:
    hidden = opened(personas, "Personnel matter")
    owned_by(personas, "run_engineer", hidden)
    ticket_metadata.set_confidential(hidden, True, by=MAKER)
    lifecycle.cancel_ticket(hidden, reason="Asked by mistake", by=MAKER)
    for number in range(queue.ROWS + 1):
        opened(personas, f"Line {number}")
    # Its page is the second one: on the first, nothing is the engineer's alone.
    redrawn(personas, "desk_agent", "all")
    with CaptureQueriesContext(connection) as asked:
        drawn = redrawn(personas, "run_engineer", "all")
    assert "Line 1" in drawn
    assert "Personnel matter" not in drawn
    assert [q["sql"] for q in asked if '"desk_ticket"."subject"' in q["sql"]] == []
    newest = Ticket.objects.get(subject=f"Line {queue.ROWS}")
    owned_by(personas, "run_engineer", newest)
    ticket_metadata.set_confidential(newest, True, by=MAKER)
    assert newest.subject not in redrawn(personas, "desk_agent", "all")
    assert newest.subject in redrawn(personas, "run_engineer", "all")


def test_lines_are_drawn_once_for_those_who_own_the_same_of_them(
    personas: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    owned_by(personas, "run_engineer", opened(personas, "Link down"))
    drawn: list[Actor] = []
    made = queue.lines_of

    def noted(rows: Any, actor: Actor, *more: Any) -> list[queue.Line]:
        drawn.append(actor)
        return made(rows, actor, *more)

    monkeypatch.setattr(queue, "lines_of", noted)
    for name in ("run_engineer", "desk_agent", "service_manager", "desk_agent"):
        redrawn(personas, name)
    owners = [actor.person_id for actor in drawn]
    assert owners.count(personas.actor("run_engineer").person_id) == 1
    assert owners.count(personas.actor("desk_agent").person_id) == 1
