"""Who plans which roster, and that no page shows a key to who may not press it."""

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from tests.personas import Personas, make_personas

from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.errors import NotAllowed
from opale.organisation.models import Membership
from opale.run.shifts import rights
from opale.run.shifts.actions import duties, needs, patterns
from opale.run.shifts.actions.needs import NeedTerms
from opale.run.shifts.actions.patterns import PatternTerms
from opale.run.shifts.models import Duty
from opale.run.shifts.queries import duties as duty_queries
from opale.run.shifts.tests.builders import HOUR, plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Personas:
    return make_personas()


def leads(house: Personas, name: str, role: str = "lead") -> None:
    with attributed(system("test")):
        for place in Membership.objects.filter(person=house.people[name]):
            place.role = role
            place.save(update_fields=["role"])


def duty_of(house: Personas, name: str) -> Duty:
    starts = clock.now() + 24 * HOUR
    with attributed(system("test")):
        return Duty.objects.create(
            person=house.people[name],
            team=house.teams[name],
            kind="staffed",
            role="agent",
            period=DateTimeTZRange(starts, starts + 8 * HOUR),
        )


def test_service_managers_plan_every_roster_and_agents_none(house: Personas) -> None:
    for name in ("desk_agent", "run_engineer"):
        assert duty_queries.may_plan(house.teams[name], house.actor("service_manager"))
    for name in ("desk_agent", "run_engineer", "build_engineer", "core_engineer"):
        assert not house.actor(name).can(rights.EDIT)


@pytest.mark.parametrize("role", ["lead", "manager"])
@pytest.mark.parametrize("name", ["desk_agent", "run_engineer", "build_engineer", "core_engineer"])
def test_who_leads_a_team_plans_its_roster_and_no_other(
    house: Personas, name: str, role: str
) -> None:
    leads(house, name, role)
    by, own = house.actor(name), house.teams[name]
    other = house.teams["run_engineer" if name == "desk_agent" else "desk_agent"]
    assert duty_queries.may_plan(own, by)
    assert not duty_queries.may_plan(other, by)
    starts = clock.now() + 48 * HOUR
    duties.create_duty(plan(house.people[name], own, starts=starts), by=by)
    with pytest.raises(NotAllowed):
        duties.create_duty(plan(house.people[name], other, starts=starts + 24 * HOUR), by=by)


def test_who_led_a_team_once_plans_it_no_more(house: Personas) -> None:
    leads(house, "desk_agent")
    place = Membership.objects.get(person=house.people["desk_agent"])
    with attributed(system("test")):
        place.period = DateTimeTZRange(place.period.lower, clock.now() - HOUR)
        place.save(update_fields=["period"])
    assert not house.actor("desk_agent").can(rights.EDIT)


def test_no_page_shows_a_key_to_who_may_not_press_it(house: Personas) -> None:
    leads(house, "desk_agent")
    own, other = house.teams["desk_agent"], house.teams["run_engineer"]
    mine, theirs = duty_of(house, "desk_agent"), duty_of(house, "run_engineer")
    client = house.client("desk_agent")

    def page(url: str, status: int = 200) -> str:
        response = client.get(url)
        assert response.status_code == status, url
        return response.content.decode()

    for url in (f"/shifts/new/?team={own.pk}", f"/shifts/teams/{own.pk}/proposals/"):
        assert url in page(f"/shifts/?team={own.pk}")
    assert f"/shifts/{mine.pk}/" in page(f"/shifts/?team={own.pk}")
    shown = page(f"/shifts/?team={other.pk}")
    assert "/shifts/new/" not in shown
    assert "/shifts/patterns/" not in shown
    assert "proposals" not in shown
    assert f"/shifts/{theirs.pk}/" not in shown
    assert "/shifts/new/" not in page(f"/shifts/troubles/?team={other.pk}")
    assert "/shifts/rules/new/" not in page("/shifts/rules/")
    people = house.people
    assert f"/shifts/{mine.pk}/" in page(f"/shifts/people/{people['desk_agent'].pk}/")
    assert f"/shifts/{theirs.pk}/" not in page(f"/shifts/people/{people['run_engineer'].pk}/")


def test_no_form_is_shown_to_who_may_not_send_it(house: Personas) -> None:
    leads(house, "desk_agent")
    other, boss = house.teams["run_engineer"], house.actor("administrator")
    theirs = duty_of(house, "run_engineer")
    sheet = PatternTerms(
        name="Days",
        time_zone="Europe/Paris",
        first_day=clock.now().date(),
        days=[["06:00-14:00"]],
    )
    pattern = patterns.create_pattern(other, sheet, by=boss)
    needs.create_need(other, NeedTerms(name="Somebody"), by=boss)
    client = house.client("desk_agent")
    for url in (
        f"/shifts/{theirs.pk}/",
        f"/shifts/{theirs.pk}/split/",
        f"/shifts/patterns/?team={other.pk}",
        f"/shifts/patterns/{pattern.pk}/",
        f"/shifts/teams/{other.pk}/proposals/",
        f"/shifts/teams/{other.pk}/needs/new/",
        f"/shifts/teams/{other.pk}/patterns/new/",
        "/shifts/rules/new/",
    ):
        assert client.get(url).status_code == 403, url
        assert house.client("service_manager").get(url).status_code == 200, url
