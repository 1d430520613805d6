"""Which lists of the desk are the same for all who hold equal rights, and who reads for himself."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from tests.personas import MAKER, Personas, make_personas

from opale.kernel import clock
from opale.kernel.actor import EVERYTHING, Actor
from opale.kernel.attribution import attributed
from opale.run.desk.actions import (
    assignments,
    lifecycle,
    ownership,
    ticket_creation,
    ticket_metadata,
)
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.models import Source, Ticket
from opale.run.desk.queries import ticket_lists
from opale.run.desk.queries.confidentiality import readers_of_confidential
from opale.run.desk.rights import CONFIDENTIAL, READ
from opale.run.desk.tests.assignments import make_works
from opale.run.desk.tests.builders import make_ticket
from opale.run.desk.web import queue

pytestmark = pytest.mark.django_db
AUDIENCE = Actor("person", "audience", "", {READ: EVERYTHING})


@pytest.fixture
def personas() -> Personas:
    return make_personas()


def opened(personas: Personas, subject: str) -> Ticket:
    new = ticket_creation.NewTicket(subject=subject, source=Source.MAIL, customer=personas.customer)
    return ticket_creation.receive_ticket(new, by=MAKER)


def see_more(personas: Personas, tickets: list[Ticket]) -> set[str]:
    """The people who see some of the tickets that nobody in particular sees."""
    keys = [ticket.pk for ticket in tickets]
    hidden = Ticket.objects.filter(pk__in=keys, confidential=True)
    return {
        name
        for name, person in personas.people.items()
        if hidden.visible_to(
            Actor("person", name, name, {READ: EVERYTHING}, person_id=person.pk)
        ).exists()
    }


def named(personas: Personas, ids: frozenset[int]) -> set[str]:
    return {name for name, person in personas.people.items() if person.pk in ids}


def test_whoever_has_to_do_with_an_open_confidential_ticket_reads_apart(personas: Personas) -> None:
    ticket = opened(personas, "Personnel matter")
    assert readers_of_confidential(newest=30) == frozenset()
    ownership.take_ticket(ticket, by=personas.actor("run_engineer"))
    ticket_metadata.add_watcher(ticket, by=MAKER, person=personas.people["provisioner"])
    with attributed(MAKER):
        Ticket.objects.filter(pk=ticket.pk).update(employee=personas.people["employee"])
    ticket_metadata.set_confidential(ticket, True, by=MAKER)
    found = named(personas, readers_of_confidential(newest=30))
    assert found == see_more(personas, [ticket]) == {"run_engineer", "provisioner", "employee"}
    assert queue.readers_apart(AUDIENCE) == readers_of_confidential(newest=queue.ROWS)
    all_rights = Actor("person", "audience", "", {READ: EVERYTHING, CONFIDENTIAL: EVERYTHING})
    assert queue.readers_apart(all_rights) == frozenset()
    ticket_metadata.set_confidential(ticket, False, by=MAKER)
    assert readers_of_confidential(newest=30) == frozenset()


def test_a_team_that_is_asked_reads_apart() -> None:
    works = make_works()
    ticket = ownership.take_ticket(make_ticket(works.house), by=works.agent)
    assignments.request_work(
        ticket, WorkRequest(team=works.level_2, tried=["ping"]), by=works.agent
    )
    ticket_metadata.set_confidential(ticket, True, by=works.agent)
    members = set(works.level_2.memberships.values_list("person_id", flat=True))
    assert members
    assert readers_of_confidential(newest=30) == members | {works.agent.person_id}


def test_who_saw_a_confidential_ticket_long_ago_reads_with_the_others(personas: Personas) -> None:
    hidden = opened(personas, "Personnel matter")
    ownership.take_ticket(hidden, by=personas.actor("run_engineer"))
    ticket_metadata.set_confidential(hidden, True, by=MAKER)
    lifecycle.cancel_ticket(hidden, reason="Asked by mistake", by=MAKER)
    assert named(personas, readers_of_confidential(newest=2)) == {"run_engineer"}
    with clock.travel(timedelta(minutes=1)):
        for number in range(2):
            opened(personas, f"Line {number}")
    assert readers_of_confidential(newest=2) == frozenset()
    assert named(personas, readers_of_confidential(newest=3)) == {"run_engineer"}


@pytest.mark.parametrize(
    ("view", "query", "shared"),
    [
        ("triage", "", True),
        ("open", "stream=none", True),
        ("open", "after=abc", True),
        ("all", "", True),
        ("all", "q=line", False),
        ("all", "after=abc", False),
        ("all", "before=abc", False),
        ("mine", "", False),
        ("open", "owner=me", False),
        ("open", "customer=1", False),
        ("open", "team=1", False),
        ("nothing", "", False),
    ],
)
def test_a_list_of_ones_own_is_nobody_elses(view: str, query: str, shared: bool) -> None:
    assert queue.is_shared(QueryDict(query), view=view) is shared


@pytest.mark.parametrize("name", ["desk_agent", "run_engineer", "service_manager"])
def test_the_lists_are_counted_for_each(personas: Personas, name: str) -> None:
    ticket = opened(personas, "Link down")
    ownership.take_ticket(ticket, by=personas.actor("run_engineer"))
    answer = personas.client(name).get("/desk/lists/?here=mine").content.decode()
    mine = answer[answer.index('href="/desk/mine/"') :].partition("</a>")[0]
    assert 'aria-current="page"' in mine
    assert ("o-count" in mine) == (name == "run_engineer")
    counted = ticket_lists.counts(seen_by=personas.actor(name), at=clock.now())
    assert counted["mine"] == (name == "run_engineer")
    assert 'hx-get="/desk/lists/?here=mine"' in answer
