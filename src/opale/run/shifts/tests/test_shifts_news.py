"""A roster that was published, and what it changed, is read on the own pages until it is seen."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.organisation.models import Person, Team
from opale.run.shifts.actions import duties, news
from opale.run.shifts.actions.roster import publish_roster, withdraw_roster
from opale.run.shifts.domain.cycles import Span
from opale.run.shifts.models import Duty, RosterNews
from opale.run.shifts.queries import news as new_queries
from opale.run.shifts.tests.builders import PLANNER, House, plan
from opale.run.shifts.tests.rosters import EARLY, LATE, make_team, on, planned

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def made() -> tuple[House, Team]:
    return make_team()


def reader(person: Person) -> Actor:
    return Actor("person", f"p:{person.pk}", person.name, PLANNER.grants, person_id=person.pk)


def told(person: Person) -> tuple[list[Span], list[Span]]:
    """What the person reads to have gained, and to have lost."""
    found = new_queries.news_of(reader(person), at=clock.now())
    if found is None:
        return [], []
    return [one.span for one in found.gained], [one.span for one in found.lost]


def published(team: Team, days: int = 5) -> None:
    publish_roster(team, by=PLANNER, at=on(0, EARLY).starts, until=on(days, EARLY).starts)


def test_what_was_published_is_new_until_it_is_seen(made: tuple[House, Team]) -> None:
    house, team = made
    planned(house.lea, team, 0, EARLY)
    planned(house.lea, team, 1, EARLY)
    assert told(house.lea) == ([], [])
    published(team)
    assert told(house.lea) == ([on(0, EARLY), on(1, EARLY)], [])
    assert told(house.karim) == ([], [])
    assert new_queries.people_with_unseen_news(team, at=clock.now()) == [house.lea.name]
    found = new_queries.news_of(reader(house.lea), at=clock.now())
    assert found is not None
    assert (found.by, found.count) == ("Maud", 2)
    planned(house.lea, team, 2, EARLY)
    published(team)
    news.mark_news_seen(by=reader(house.lea), until=found.until)
    assert told(house.lea) == ([on(2, EARLY)], [])  # what came meanwhile stays new
    assert news.mark_news_seen(by=reader(house.karim), until=10**9) == 0
    news.mark_news_seen(by=reader(house.lea), until=10**9)
    assert told(house.lea) == ([], [])
    assert new_queries.people_with_unseen_news(team, at=clock.now()) == []


def test_what_came_and_went_before_one_looked_is_no_news(made: tuple[House, Team]) -> None:
    house, team = made
    planned(house.lea, team, 0, EARLY)
    published(team)
    withdraw_roster(team, by=PLANNER, since=on(0, EARLY).starts)
    assert told(house.lea) == ([], [])


def test_a_duty_that_a_planner_moves_is_lost_and_gained(made: tuple[House, Team]) -> None:
    house, team = made
    starts = on(0, EARLY).starts
    duty = duties.create_duty(plan(house.lea, team, starts=starts), by=PLANNER)
    news.mark_news_seen(by=reader(house.lea), until=10**9)
    duties.edit_duty(duty, plan(house.karim, team, starts=starts), by=PLANNER)
    assert told(house.lea) == ([], [on(0, EARLY)])
    assert told(house.karim) == ([on(0, EARLY)], [])
    duty.refresh_from_db()
    duties.split_duty(duty, by=PLANNER, at=starts + 2 * HOUR, person=house.ines)
    assert told(house.karim) == ([Span(starts, starts + 2 * HOUR)], [])
    assert told(house.ines) == ([Span(starts + 2 * HOUR, starts + 8 * HOUR)], [])
    duties.remove_duty(Duty.objects.get(person=house.ines), by=PLANNER)
    assert told(house.ines) == ([], [])


def test_what_one_writes_oneself_and_what_is_over_are_no_news(made: tuple[House, Team]) -> None:
    house, team = made
    own = reader(house.lea)
    duties.create_duty(plan(house.lea, team, starts=on(0, EARLY).starts), by=own)
    assert RosterNews.objects.count() == 0
    duties.create_duty(plan(house.karim, team, starts=on(0, LATE).starts), by=own)
    with clock.travel(30 * timedelta(days=1)):
        assert told(house.karim) == ([], [])
        assert news.delete_old_news(clock.now()) == 1


def page(client: Client, url: str) -> str:
    response: Any = client.get(url)
    assert response.status_code == 200
    return str(response.content.decode())


def test_now_and_the_own_duties_say_it_and_one_press_is_enough() -> None:
    house: Personas = make_personas()
    agent, boss = house.client("desk_agent"), house.actor("service_manager")
    starts = clock.now() + timedelta(days=3)
    duties.create_duty(
        plan(house.people["desk_agent"], house.teams["desk_agent"], starts=starts), by=boss
    )
    said = "Your shifts have changed"
    assert said in page(agent, "/shifts/mine/")
    assert "/shifts/news/" in page(agent, "/")
    shown = page(agent, "/shifts/news/")
    assert said in shown
    assert "added" in shown
    until = RosterNews.objects.latest("pk").pk
    answer = agent.post(f"/shifts/news/{until}/seen/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"
    assert said not in page(agent, "/shifts/mine/")
    assert said not in page(agent, "/shifts/news/")
    assert said not in page(house.client("run_engineer"), "/shifts/mine/")


def test_programs_read_and_see_it() -> None:
    house: Personas = make_personas()
    agent, boss = house.client("desk_agent"), house.actor("service_manager")
    starts = clock.now() + timedelta(days=3)
    given = plan(house.people["desk_agent"], house.teams["desk_agent"], starts=starts)
    duties.create_duty(given, by=boss)
    (one,) = agent.get("/api/v1/roster-news").json()
    assert (one["gained"], one["kind"], one["team_id"]) == (True, "staffed", given.team.pk)
    body = {"until": one["id"]}
    seen = agent.post("/api/v1/roster-news/seen", body, content_type="application/json")
    assert seen.status_code == 204
    assert agent.get("/api/v1/roster-news").json() == []
