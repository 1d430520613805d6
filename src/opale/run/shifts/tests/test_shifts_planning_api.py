"""Programs make patterns, publish, read what is wrong, and let duties change hands."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.kernel import clock
from opale.run.shifts.models import Duty

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Personas:
    return make_personas()


def ask(client: Client, verb: str, url: str, body: dict[str, Any]) -> Any:
    return getattr(client, verb)(f"/api/v1{url}", json.dumps(body), content_type="application/json")


def test_a_roster_is_planned_published_and_looked_at_by_programs(house: Personas) -> None:
    planner, team, agent = (
        house.client("administrator"),
        house.teams["desk_agent"],
        house.people["desk_agent"],
    )
    today = clock.now().date()
    sheet = {
        "name": "Days",
        "time_zone": "Europe/Paris",
        "first_day": today.isoformat(),
        "days": [["09:00-17:00"], ["09:00-17:00"], [], []],
    }
    made = ask(planner, "post", f"/teams/{team.pk}/shift-patterns", sheet)
    assert made.status_code == 201
    key = made.json()["id"]
    bad = sheet | {"name": "Bad", "days": [["9-17"]]}
    assert ask(planner, "post", f"/teams/{team.pk}/shift-patterns", bad).status_code == 422
    assert ask(planner, "post", f"/teams/{team.pk}/shift-patterns", sheet).status_code == 409
    place = {"person_id": agent.pk, "since": today.isoformat()}
    assert ask(planner, "post", f"/shift-patterns/{key}/lines", place).status_code == 201
    until = (clock.now() + timedelta(days=20)).isoformat()
    done = ask(planner, "post", f"/teams/{team.pk}/roster/publication", {"until": until}).json()
    assert done["made"] == Duty.objects.count() >= 9
    assert done["refused"] == []
    found = planner.get(f"/api/v1/teams/{team.pk}/roster/troubles").json()
    assert {"Nobody on shift", "Nobody on triage duty"} <= {one["need"] for one in found}
    renamed = ask(planner, "put", f"/shift-patterns/{key}", sheet | {"name": "Office"})
    assert renamed.json()["name"] == "Office"
    (listed,) = planner.get("/api/v1/shift-patterns").json()["items"]
    assert listed["id"] == key
    assert planner.delete(f"/api/v1/shift-patterns/{key}").status_code == 204
    assert Duty.objects.count() == done["made"]


def test_a_duty_changes_hands_by_programs(house: Personas) -> None:
    planner, agent = house.client("administrator"), house.client("desk_agent")
    team, starts = house.teams["desk_agent"], clock.now() + timedelta(days=2)
    duty = ask(
        planner,
        "post",
        "/duties",
        {
            "person_id": house.people["run_engineer"].pk,
            "team_id": team.pk,
            "starts": starts.isoformat(),
            "ends": (starts + timedelta(hours=7)).isoformat(),
        },
    ).json()
    assert ask(agent, "post", f"/duties/{duty['id']}/offers", {}).status_code == 403
    offer = ask(planner, "post", f"/duties/{duty['id']}/offers", {"note": "Ill"}).json()
    taken = ask(agent, "post", f"/duty-offers/{offer['id']}/acceptance", {})
    assert taken.json()["accepted_by_id"] == house.people["desk_agent"].pk
    again = ask(agent, "post", f"/duty-offers/{offer['id']}/acceptance", {})
    assert again.status_code == 409
    assert [one["state"] for one in agent.get("/api/v1/duty-offers").json()["items"]] == [
        "accepted"
    ]
