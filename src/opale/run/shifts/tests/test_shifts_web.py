"""The pages of the roster, its line in the top bar, and its endpoints."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from tests.personas import Personas, make_personas

from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.organisation.models import Person, Team
from opale.run.shifts.models import Duty

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def house() -> Personas:
    return make_personas()


@pytest.fixture
def planner(house: Personas) -> Client:
    return house.client("administrator")


@pytest.fixture
def agent(house: Personas) -> Client:
    return house.client("desk_agent")


def desk(house: Personas) -> Team:
    return house.teams["desk_agent"]


def put_on(
    person: Person, team: Team, role: str = "lead", *, begin: float = -2, end: float = 6
) -> Duty:
    """On duty from and until so many hours from now."""
    now = clock.now()
    with attributed(system("test")):
        return Duty.objects.create(
            person=person,
            team=team,
            kind="staffed",
            role=role,
            period=DateTimeTZRange(now + begin * HOUR, now + end * HOUR),
        )


def read(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def form_of(person: Person, team: Team, starts: datetime, ends: datetime) -> dict[str, str]:
    return {
        "person": str(person.pk),
        "team": str(team.pk),
        "kind": "staffed",
        "role": "agent",
        "starts": starts.isoformat(),
        "ends": ends.isoformat(),
    }


def test_the_page_says_who_is_on_and_who_answers(house: Personas, agent: Client) -> None:
    put_on(house.people["desk_agent"], desk(house))
    page = read(agent, "/shifts/")
    assert "Desk Agent" in page
    assert "shift lead: nobody is on triage duty" in page
    assert "Nobody on triage duty" in page


def test_a_reader_finds_no_way_to_change_the_roster(house: Personas, agent: Client) -> None:
    duty = put_on(house.people["desk_agent"], desk(house))
    page = read(agent, "/shifts/")
    assert f"/shifts/{duty.pk}/" not in page
    assert "/shifts/new/" not in page


def test_an_empty_roster_says_who_answers_all_the_same(house: Personas, agent: Client) -> None:
    page = read(agent, "/shifts/")
    assert "Nobody is on shift or on call." in page
    assert "New tickets are assigned to Desk Agent, team manager" in page


def test_a_provider_without_desk_is_told_what_to_do(house: Personas) -> None:
    with attributed(system("test")):
        Team.objects.filter(pk=desk(house).pk).update(closed_on=clock.now().date())
    engineer = house.client("run_engineer")
    assert "No service desk yet" in read(engineer, "/shifts/")
    assert read(engineer, "/shifts/line/").strip() == ""


@pytest.mark.parametrize("day", ["", "2026-02-30", "0001-01-01", "9999-12-31", "yesterday"])
def test_a_strange_week_is_the_present_one(agent: Client, day: str) -> None:
    assert ">Today<" not in read(agent, f"/shifts/?from={day}")


def test_the_roster_of_another_team_has_its_tab(house: Personas, agent: Client) -> None:
    engineers = house.teams["run_engineer"]
    put_on(house.people["run_engineer"], engineers)
    assert engineers.name in read(agent, "/shifts/")
    page = read(agent, f"/shifts/?team={engineers.pk}")
    assert "Run Engineer" in page
    assert "Nobody on triage duty" not in page


def test_a_team_that_there_is_not_is_not_found(agent: Client) -> None:
    assert agent.get("/shifts/?team=404404").status_code == 404


def test_the_top_bar_says_who_leads_until_when(house: Personas, agent: Client) -> None:
    put_on(house.people["desk_agent"], desk(house))
    put_on(house.people["run_engineer"], desk(house), "agent")
    line = read(agent, "/shifts/line/")
    assert "On shift: Desk Agent until" in line
    assert "(2 people)" in line


def test_the_top_bar_says_who_answers_when_nobody_is_on(house: Personas, agent: Client) -> None:
    put_on(house.people["run_engineer"], desk(house), "agent", begin=2)
    assert "Nobody on shift. Contact: Desk Agent" in read(agent, "/shifts/line/")


def test_the_person_page_shows_what_is_to_come(house: Personas, agent: Client) -> None:
    person = house.people["run_engineer"]
    assert read(agent, f"/shifts/people/{person.pk}/").strip() == ""
    put_on(person, desk(house), begin=-20, end=-12)
    put_on(person, desk(house), "agent", begin=4, end=12)
    part = read(agent, f"/shifts/people/{person.pk}/")
    assert part.count("<li") == 1


def test_a_duty_is_made_from_the_form(house: Personas, planner: Client) -> None:
    person, starts = house.people["run_engineer"], clock.now() + HOUR
    form = form_of(person, desk(house), starts, starts + 8 * HOUR)
    assert "Add shift" in read(planner, f"/shifts/new/?team={desk(house).pk}")
    response = planner.post("/shifts/new/", form, follow=True)
    assert "Shift added." in response.content.decode()
    assert Duty.objects.get().person == person


def test_an_overlap_is_said_in_the_form_and_keeps_what_was_typed(
    house: Personas, planner: Client
) -> None:
    person = house.people["run_engineer"]
    put_on(person, desk(house))
    starts = clock.now() + HOUR
    response = planner.post("/shifts/new/", form_of(person, desk(house), starts, starts + 8 * HOUR))
    assert response.status_code == 422
    page = response.content.decode()
    assert "Run Engineer is already on shift with" in page
    assert starts.isoformat() in page.replace("&#x2B;", "+")
    assert Duty.objects.count() == 1


def test_a_duty_that_ends_before_it_begins_is_said_beside_the_field(
    house: Personas, planner: Client
) -> None:
    starts = clock.now() + HOUR
    form = form_of(house.people["run_engineer"], desk(house), starts, starts - HOUR)
    response = planner.post("/shifts/new/", form)
    assert response.status_code == 422
    assert "The end must be after the start." in response.content.decode()


def test_a_duty_is_changed_from_the_form(house: Personas, planner: Client) -> None:
    duty = put_on(house.people["run_engineer"], desk(house), "agent")
    url = f"/shifts/{duty.pk}/"
    assert "Run Engineer" in read(planner, url)
    form = form_of(house.people["desk_agent"], desk(house), duty.starts, duty.ends)
    assert planner.post(url, form).status_code == 302
    duty.refresh_from_db()
    assert duty.person == house.people["desk_agent"]
    assert (duty.starts, duty.ends) == (duty.period.lower, duty.period.upper)


def test_a_duty_taken_away_comes_back_by_the_undo(house: Personas, planner: Client) -> None:
    duty = put_on(house.people["run_engineer"], desk(house), "triage")
    page = planner.post(f"/shifts/{duty.pk}/removal/", follow=True).content.decode()
    assert "Shift removed." in page
    assert not Duty.objects.exists()
    undo = page.split("/shifts/restoration/?", 1)[1].split('"', 1)[0].replace("&amp;", "&")
    assert planner.post(f"/shifts/restoration/?{undo}").status_code == 302
    back = Duty.objects.get()
    assert (back.person, back.role) == (duty.person, "triage")
    assert (back.starts, back.ends) == (duty.starts, duty.ends)


def test_people_are_found_by_name_in_the_picker(planner: Client) -> None:
    assert "Run Engineer" in read(planner, "/shifts/pick/person/?q=run")


def test_the_page_asks_few_questions_however_full_it_is(
    house: Personas, planner: Client, django_assert_max_num_queries: Any
) -> None:
    for day in range(7):
        for number, person in enumerate(house.people.values()):
            begin = 24 * day + 8 * (number % 3) + 1
            put_on(person, desk(house), "agent", begin=begin, end=begin + 8)
    with django_assert_max_num_queries(25):
        read(planner, "/shifts/")


def test_the_api_makes_lists_changes_and_removes_duties(house: Personas, planner: Client) -> None:
    starts = clock.now() + HOUR
    body = {
        "person_id": house.people["run_engineer"].pk,
        "team_id": desk(house).pk,
        "role": "triage",
        "starts": starts.isoformat(),
        "ends": (starts + 8 * HOUR).isoformat(),
    }
    made = ask(planner, "post", "/api/v1/duties", body)
    assert made.status_code == 201
    url = f"/api/v1/duties/{made.json()['id']}"
    (listed,) = planner.get("/api/v1/duties").json()["items"]
    assert listed == made.json()
    assert ask(planner, "post", "/api/v1/duties", body).status_code == 409
    assert ask(planner, "patch", url, {"role": "lead"}).json()["role"] == "lead"
    assert planner.delete(url).status_code == 204
    assert planner.get(url).status_code == 404


def test_the_api_lists_the_week_to_come_and_what_is_asked_for(
    house: Personas, agent: Client
) -> None:
    team = desk(house)
    put_on(house.people["desk_agent"], team, begin=-20, end=-12)
    running = put_on(house.people["desk_agent"], team)
    far = put_on(house.people["desk_agent"], team, begin=24 * 8, end=24 * 8 + 8)

    def listed(**query: str) -> list[int]:
        return [row["id"] for row in agent.get("/api/v1/duties", query).json()["items"]]

    assert listed() == [running.pk]
    assert listed(since=(clock.now() + 100 * HOUR).isoformat()) == [far.pk]
    assert listed(team_id=str(house.teams["run_engineer"].pk)) == []


def test_the_api_says_who_answers(house: Personas, agent: Client) -> None:
    put_on(house.people["run_engineer"], desk(house), "triage")
    answer = agent.get(f"/api/v1/teams/{desk(house).pk}/answerable").json()
    assert (answer["name"], answer["standing"]) == ("Run Engineer", "triage")


def ask(client: Client, verb: str, url: str, body: dict[str, Any]) -> Any:
    return getattr(client, verb)(url, json.dumps(body), content_type="application/json")
