"""Acts on the marked lines of a list."""

from dataclasses import replace

import pytest
from django.http import QueryDict
from tests.personas import Personas

from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid, NotFound
from opale.listings import bulk
from opale.organisation.models import Person
from opale.organisation.queries import people
from opale.organisation.tests.listing_helpers import AGENT, CONTACT, STAFF

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff_acts(personas: Personas) -> Actor:
    return personas.actor("administrator")


def marked(actor: Actor, query: str) -> bulk.Outcome:
    rows = bulk.marked(STAFF, QueryDict(query), actor)
    return bulk.run(STAFF.acts[0], rows, {}, by=actor)


def test_one_line_that_is_refused_stops_no_other(personas: Personas, staff_acts: Actor) -> None:
    keys = "&".join(f"n={person.pk}" for person in personas.people.values())
    outcome = marked(staff_acts, keys)
    assert [refusal.sentence for refusal in outcome.refused] == ["Not this one."]
    assert len(outcome.done) == len(personas.people) - 1
    assert Person.objects.filter(job_title="Done").count() == len(outcome.done)


def test_all_that_match_are_those_of_the_filters(personas: Personas, staff_acts: Actor) -> None:
    outcome = marked(staff_acts, "all=1&query=q%3Dengineer")
    assert outcome.done
    assert all("engineer" in row.name.lower() for row in outcome.done)


def test_nothing_marked_and_too_much_is_refused(
    personas: Personas, staff_acts: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Invalid):
        bulk.marked(STAFF, QueryDict("n=x"), staff_acts)
    monkeypatch.setattr(bulk, "MOST", 5)
    with pytest.raises(Invalid):
        bulk.marked(STAFF, QueryDict("all=1"), staff_acts)


def test_an_act_is_found_by_who_holds_its_right_alone(personas: Personas) -> None:
    assert bulk.get_act(STAFF, "finish", personas.actor("administrator")).name == "finish"
    with pytest.raises(NotFound):
        bulk.get_act(STAFF, "finish", personas.actor(AGENT))


def test_what_one_does_not_see_cannot_be_marked(personas: Personas) -> None:
    contact = personas.actor(CONTACT)
    with pytest.raises(Invalid):
        bulk.marked(STAFF, QueryDict(f"n={personas.people[AGENT].pk}"), contact)


def test_marked_lines_are_called_what_their_reader_may_see(personas: Personas) -> None:
    actor = personas.actor(AGENT)
    hiding = replace(STAFF, lines=lambda rows, _actor: [one.pk for one in rows], named=str)
    rows = list(people.people(seen_by=actor)[:2])
    assert hiding.names(rows, actor) == [str(one.pk) for one in rows]
    assert STAFF.names(rows, actor) == rows
