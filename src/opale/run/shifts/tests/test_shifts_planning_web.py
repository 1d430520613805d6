"""The pages of patterns, needs and rules, and the month as it is drawn."""

import time
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from tests.personas import Personas, make_personas

from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.organisation.models import Absence, Person, PersonSkill, Skill
from opale.run.shifts.models import Duty, PlannedDuty, ShiftPattern, StaffingNeed

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def house() -> Personas:
    return make_personas()


@pytest.fixture
def planner(house: Personas) -> Client:
    return house.client("administrator")


def read(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def put_on(house: Personas, person: Person, begins: datetime, hours: float = 8) -> Duty:
    with attributed(system("test")):
        return Duty.objects.create(
            person=person,
            team=house.teams["desk_agent"],
            kind="staffed",
            role="agent",
            period=DateTimeTZRange(begins, begins + hours * HOUR),
        )


def test_a_pattern_is_made_filled_drawn_and_published_by_its_pages(
    house: Personas, planner: Client
) -> None:
    team, agent = house.teams["desk_agent"], house.people["desk_agent"]
    assert "06:00-14:00" in read(planner, f"/shifts/teams/{team.pk}/patterns/new/?shape=3x8")
    today = clock.now().date()
    form = {
        "name": "Days",
        "kind": "staffed",
        "role": "agent",
        "time_zone": "Europe/Paris",
        "first_day": today.isoformat(),
        "days": "09:00-17:00\n-",
        "repeats": "on",
        "layer": "0",
        "within": "all",
    }
    assert planner.post(f"/shifts/teams/{team.pk}/patterns/new/", form).status_code == 302
    pattern = ShiftPattern.objects.get()
    assert pattern.days == [["09:00-17:00"], []]
    place = {"person": agent.pk, "offset": "0", "since": today.isoformat()}
    assert planner.post(f"/shifts/patterns/{pattern.pk}/lines/", place).status_code == 302
    assert agent.name in read(planner, f"/shifts/patterns/{pattern.pk}/")
    drawn = planner.post(f"/shifts/teams/{team.pk}/drawing/", follow=True).content.decode()
    assert "52 weeks generated" in drawn
    # Of today's duty nothing may be left to draw, and the month may end with it.
    month = f"/shifts/?team={team.pk}&span=month&from={today + timedelta(days=2)}"
    assert "data-draft" in read(planner, month)
    assert "data-draft" not in read(house.client("desk_agent"), month)
    until = {"until": (today + timedelta(days=30)).isoformat()}
    page = planner.post(f"/shifts/teams/{team.pk}/publication/", until, follow=True)
    assert "shifts published." in page.content.decode()
    assert Duty.objects.filter(person=agent).count() in {15, 16}
    withdrawn = {"until": today.isoformat()}
    planner.post(f"/shifts/teams/{team.pk}/withdrawal/", withdrawn)
    assert Duty.objects.filter(person=agent).count() <= 1


def test_bad_hours_are_said_beside_the_field(house: Personas, planner: Client) -> None:
    team = house.teams["desk_agent"]
    form = {
        "name": "Days",
        "kind": "staffed",
        "role": "agent",
        "time_zone": "Europe/Paris",
        "first_day": "2027-03-01",
        "days": "9 to 5",
        "layer": "0",
        "within": "all",
    }
    response = planner.post(f"/shifts/teams/{team.pk}/patterns/new/", form)
    assert response.status_code == 422
    assert "Write hours as" in response.content.decode()


def test_what_is_planned_is_changed_called_off_and_left_to_the_pattern_again(
    house: Personas, planner: Client
) -> None:
    team, agent = house.teams["desk_agent"], house.people["desk_agent"]
    starts = clock.now() + timedelta(days=3)
    pattern = ShiftPattern.objects.create(
        team=team, name="X", time_zone="UTC", first_day=date(2026, 1, 1), days=[["09:00-17:00"]]
    )
    row = PlannedDuty.objects.create(
        pattern=pattern, key="1", person=agent, period=DateTimeTZRange(starts, starts + 8 * HOUR)
    )
    url = f"/shifts/planned/{row.pk}/"
    other = house.people["run_engineer"]
    form = {
        "person": other.pk,
        "starts": starts.isoformat(),
        "ends": (starts + 4 * HOUR).isoformat(),
    }
    assert planner.post(url, form).status_code == 302
    row.refresh_from_db()
    assert (row.person, row.state) == (other, "kept")
    planner.post(f"{url}calling-off/")
    row.refresh_from_db()
    assert row.state == "cancelled"
    assert planner.post(url, form).status_code == 409 or "form" not in read(planner, url)
    planner.post(f"{url}drawing/")
    row.refresh_from_db()
    assert row.state == "draft"


def test_a_duty_that_breaks_a_rule_is_saved_by_who_says_to_know_it(
    house: Personas, planner: Client
) -> None:
    agent = house.people["run_engineer"]
    begins = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    put_on(house, agent, begins)
    form = {
        "person": agent.pk,
        "team": house.teams["desk_agent"].pk,
        "kind": "staffed",
        "role": "agent",
        "starts": (begins + 13 * HOUR).isoformat(),
        "ends": (begins + 20 * HOUR).isoformat(),
    }
    shown = planner.post("/shifts/preview/", form).content.decode()
    assert "5 h of rest instead of 11 h" in shown
    assert "Code du travail L3131-1" in shown
    refused = planner.post("/shifts/new/", form)
    assert refused.status_code == 422
    assert "knowing" in refused.content.decode()
    assert planner.post("/shifts/new/", form | {"knowing": "on"}).status_code == 302
    assert Duty.objects.filter(person=agent).count() == 2


def test_a_duty_is_split_between_two(house: Personas, planner: Client) -> None:
    begins = clock.now() + timedelta(days=2)
    duty = put_on(house, house.people["desk_agent"], begins)
    at, other = begins + 4 * HOUR, house.people["run_engineer"]
    form = {"at": at.isoformat(), "person": other.pk}
    assert planner.post(f"/shifts/{duty.pk}/split/", form).status_code == 302
    first, second = Duty.objects.order_by("period")
    assert (first.ends, second.starts, second.person) == (at, at, other)
    assert second.ends == begins + 8 * HOUR
    late = {"at": (at + 20 * HOUR).isoformat(), "person": other.pk}
    assert planner.post(f"/shifts/{duty.pk}/split/", late).status_code == 422


def test_troubles_are_listed_with_their_way_out(house: Personas, planner: Client) -> None:
    team, agent = house.teams["desk_agent"], house.people["desk_agent"]
    begins = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    duty = put_on(house, agent, begins)
    put_on(house, agent, begins + 12 * HOUR)
    with attributed(system("test")):
        Absence.objects.create(
            person=agent, kind="leave", period=DateTimeTZRange(begins, begins + HOUR)
        )
    page = read(planner, f"/shifts/troubles/?team={team.pk}")
    assert "Nobody on triage duty" in page
    assert f"{agent.name} is scheduled while away" in page
    assert f'href="/shifts/{duty.pk}/"' in page
    assert "of rest instead of 11 h" in page
    # What breaks a rule stands under it, with who and how often.
    rule = page.split("s-rule")[1].split("</summary>")[0]
    assert f"{agent.name} (1)" in rule


def test_a_shift_without_the_skill_is_a_gap_of_its_own_kind(
    house: Personas, planner: Client
) -> None:
    team, agent = house.teams["desk_agent"], house.people["desk_agent"]
    with attributed(system("test")):
        skill = Skill.objects.create(name="VoIP")
    form = {"name": "No VoIP", "minimum": "1", "skill": skill.pk, "level": "3"}
    assert planner.post(f"/shifts/teams/{team.pk}/needs/new/", form).status_code == 302
    now = clock.now()
    put_on(house, agent, now - HOUR, hours=23)
    url = f"/shifts/?team={team.pk}"
    row = 'id="shifts-need-'
    assert "No VoIP" in read(planner, url)
    with attributed(system("test")):
        held = PersonSkill.objects.create(person=agent, skill=skill, level=3)
    before = read(planner, url).count("s-gap")
    with attributed(system("test")):
        held.delete()
    assert read(planner, url).count("s-gap") >= before
    assert row in read(planner, url)
    planner.post(f"/shifts/needs/{StaffingNeed.objects.get().pk}/removal/")
    assert "No VoIP" not in read(planner, url)


def test_rules_of_an_agreement_take_the_place_of_the_law(house: Personas, planner: Client) -> None:
    assert "Code du travail L3121-18" in read(planner, "/shifts/rules/")
    form = {
        "company": house.company.pk,
        "name": "Agreement of 2027",
        "since": "2027-01-01",
        "daily_rest": "9",
        "day": "12",
    }
    assert planner.post("/shifts/rules/new/", form).status_code == 302
    page = read(planner, "/shifts/rules/")
    assert "Agreement of 2027" in page
    assert "12 h" in page


def test_my_duties_are_mine(house: Personas) -> None:
    agent = house.client("desk_agent")
    assert "No published shifts for you" in read(agent, "/shifts/mine/")
    put_on(house, house.people["desk_agent"], clock.now() - HOUR)
    put_on(house, house.people["run_engineer"], clock.now() + 24 * HOUR)
    assert read(agent, "/shifts/mine/").count("-mine") == 2  # the region, and one line


def test_a_month_of_forty_people_is_drawn_in_time_and_with_few_questions(
    house: Personas, planner: Client, django_assert_max_num_queries: Any
) -> None:
    team, company = house.teams["desk_agent"], house.company
    first = (clock.now() + timedelta(days=40)).replace(day=1, hour=5, minute=0, second=0)
    with attributed(system("test")):
        people = Person.objects.bulk_create(
            Person(company=company, name=f"Agent {n}", email=f"a{n}@x.example", seniority="junior")
            for n in range(40)
        )
        Duty.objects.bulk_create(
            Duty(
                person=person,
                team=team,
                kind="staffed",
                role="agent",
                period=DateTimeTZRange(begins, begins + 8 * HOUR),
            )
            for n, person in enumerate(people)
            for day in range(31)
            if (day + n) % 7 < 5
            for begins in (first + timedelta(days=day, hours=8 * (n % 3)),)
        )
    url = f"/shifts/?team={team.pk}&span=month&from={first.date()}"
    read(planner, url)
    with django_assert_max_num_queries(25):
        page = read(planner, url)
    assert page.count("s-duty") > 800
    times = []
    for _ in range(5):
        begun = time.process_time()
        planner.get(url)
        times.append(time.process_time() - begun)
    assert min(times) < 0.3, f"{min(times):.3f} s of processor; 0.15 on a quiet machine"


def test_two_duties_at_a_time_are_a_trouble(house: Personas, planner: Client) -> None:
    team, agent = house.teams["desk_agent"], house.people["desk_agent"]
    begins = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    with attributed(system("test")):
        for of, kind in (
            (team, "standby"),
            (team, "staffed"),
            (house.teams["run_engineer"], "standby"),
        ):
            Duty.objects.create(
                person=agent,
                team=of,
                kind=kind,
                role="agent",
                period=DateTimeTZRange(begins, begins + 8 * HOUR),
            )
    page = read(planner, f"/shifts/troubles/?team={team.pk}")
    assert page.count(f"{agent.name} is scheduled twice") == 1  # stand-by beside a shift is none


def test_a_skill_that_ends_within_a_shift_is_said_with_its_minutes(
    house: Personas, planner: Client
) -> None:
    team, agent = house.teams["desk_agent"], house.people["desk_agent"]
    paris = ZoneInfo(house.company.time_zone)
    day = clock.now().astimezone(paris).date() + timedelta(days=3)
    begins = datetime.combine(day, datetime.min.time(), paris) + timedelta(hours=22, minutes=30)
    with attributed(system("test")):
        skill = Skill.objects.create(name="VoIP")
        PersonSkill.objects.create(person=agent, skill=skill, level=3, valid_until=day)
    form = {"name": "No VoIP", "kind": "staffed", "minimum": "1", "skill": skill.pk, "level": "3"}
    assert planner.post(f"/shifts/teams/{team.pk}/needs/new/", form).status_code == 302
    duty = {
        "person": agent.pk,
        "team": team.pk,
        "kind": "staffed",
        "role": "agent",
        "starts": begins.isoformat(),
        "ends": (begins + 8 * HOUR).isoformat(),
    }
    # From midnight on the skill is not valid any more.
    shown = planner.post("/shifts/preview/", duty).content.decode()
    assert "No VoIP: not met for 6 h 30 of this shift." in shown
    other = duty | {"person": house.people["run_engineer"].pk}
    shown = planner.post("/shifts/preview/", other).content.decode()
    assert "No VoIP: not met for 8 h of this shift." in shown
    standby = planner.post("/shifts/preview/", other | {"kind": "standby"}).content.decode()
    assert "No VoIP" not in standby  # it is asked of shifts
    early = duty | {
        "starts": (begins - 10 * HOUR).isoformat(),
        "ends": (begins - 2 * HOUR).isoformat(),
    }
    assert "No VoIP" not in planner.post("/shifts/preview/", early).content.decode()
    put_on(house, agent, begins)
    assert "No VoIP · " in read(planner, f"/shifts/troubles/?team={team.pk}")
    found = planner.get(f"/api/v1/teams/{team.pk}/roster/troubles").json()
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), paris)
    spans = [
        (datetime.fromisoformat(one["starts"]), datetime.fromisoformat(one["ends"]))
        for one in found
        if one["kind"] == "gap"
    ]
    assert any(ends == begins for _starts, ends in spans)
    assert any(starts == midnight for starts, _ends in spans)


def test_the_map_is_drawn_for_each_team_and_stream(house: Personas, planner: Client) -> None:
    desk, level_2 = house.teams["desk_agent"], house.teams["run_engineer"]
    page = read(planner, f"/shifts/staffing/?team={desk.pk}")
    assert f"/shifts/staffing/?team={desk.pk}&amp;" in page
    assert "part=corporate" in page
    assert "part=solution" in page
    assert "Staffing vs demand: " + desk.name in page
    assert "part=" not in read(planner, f"/shifts/staffing/?team={level_2.pk}")
    shown = read(planner, f"/shifts/staffing/?team={desk.pk}&part=solution")
    assert "No tickets of this stream in the last 12 weeks" in shown
    asked = f"/api/v1/teams/{desk.pk}/staffing?part=solution"
    assert len(planner.get(asked).json()) == 7 * 24
