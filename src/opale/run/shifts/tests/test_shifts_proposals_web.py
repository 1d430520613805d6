"""The pages on which a roster is proposed and decided, and those of wishes."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from tests.personas import Personas, make_personas

from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.organisation.models import Absence
from opale.run.shifts.actions import proposals
from opale.run.shifts.models import Duty, DutyWish, RosterProposal

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Personas:
    return make_personas()


def read(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def ask(client: Client, url: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/v1{url}", json.dumps(body or {}), content_type="application/json")


def test_a_roster_is_asked_for_watched_and_decided_by_its_pages(house: Personas) -> None:
    client, team = house.client("administrator"), house.teams["run_engineer"]
    engineer, other = house.people["run_engineer"], house.people["desk_agent"]
    begins = (clock.now() + timedelta(days=10)).replace(hour=8, minute=0, second=0, microsecond=0)
    span = DateTimeTZRange(begins, begins + timedelta(hours=8))
    with attributed(system("test")):
        duty = Duty.objects.create(
            person=engineer, team=team, kind="staffed", role="agent", period=span
        )
        engineer.memberships.model.objects.create(
            team=team,
            person=other,
            function="run_engineer",
            period=DateTimeTZRange(begins - timedelta(days=99), None),
        )
        Absence.objects.create(person=engineer, kind="leave", period=span)
    url = f"/shifts/teams/{team.pk}/proposals/"
    assert url in read(client, f"/shifts/?team={team.pk}")
    assert "No proposals yet" in read(client, url)
    other_team = house.teams["desk_agent"].pk
    assert "No proposals yet" in read(client, "/shifts/proposals/")
    form = {
        "first": (begins - timedelta(days=3)).date().isoformat(),
        "weeks": "2",
        "gentle": "yes",
        "seconds": "20",
    }
    past = client.post(url, form | {"first": "2020-01-01"})
    assert past.status_code == 422
    assert "Choose a start between tomorrow and a year from now." in past.content.decode()
    assert client.post(url, form).status_code == 302
    assert "already running for this team" in client.post(url, form).content.decode()
    proposal = RosterProposal.objects.get()
    page = f"/shifts/proposals/{proposal.pk}/"
    assert "Stop search" in read(client, page)
    proposals.run_search(proposal.pk)
    shown = read(client, page)
    assert f"{engineer.name}: Is away" in shown
    assert f"<strong>{other.name}</strong>" in shown
    assert "Accept 1 line" in shown
    duty.refresh_from_db()
    assert duty.person == engineer
    line = proposal.lines.get()
    done = client.post(f"/shifts/proposal-lines/{line.pk}/acceptance/", follow=True)
    assert "1 change applied to the roster." in done.content.decode()
    duty.refresh_from_db()
    assert duty.person == other
    assert f'href="{page}"' in read(client, f"{url}?state=done&team={other_team}")
    assert page not in read(client, f"/shifts/teams/{other_team}/proposals/")
    every = read(client, "/shifts/proposals/")
    assert f'href="?team={other_team}"' in every, "its filter is offered"
    of_another = read(client, f"/shifts/proposals/?team={other_team}")
    assert "No proposal matches your filters" in of_another
    target = {"HX-Request": "true", "HX-Target": "roster-proposals-list"}
    part = client.get(url, headers=target).content.decode()
    assert f'href="{page}"' in part
    assert "Start search" not in part
    assert client.post(f"/shifts/proposal-lines/{line.pk}/refusal/").status_code == 409


def test_a_search_is_ended_by_its_page(house: Personas) -> None:
    client, team = house.client("administrator"), house.teams["run_engineer"]
    first = (clock.now() + timedelta(days=7)).date().isoformat()
    form = {"first": first, "weeks": "2", "gentle": "no", "seconds": "20"}
    client.post(f"/shifts/teams/{team.pk}/proposals/", form)
    proposal = RosterProposal.objects.get()
    assert not proposal.gentle
    client.post(f"/shifts/proposals/{proposal.pk}/end/")
    assert "Abandoned" in read(client, f"/shifts/proposals/{proposal.pk}/")


def test_what_cannot_be_accepted_says_why(house: Personas) -> None:
    client, team = house.client("administrator"), house.teams["run_engineer"]
    proposal = proposals.request_proposal(
        team,
        by=house.actor("administrator"),
        credential="session",
        first=(clock.now() + timedelta(days=7)).date(),
        weeks=2,
        seconds=20,
        gentle=True,
    )
    begins = clock.now() + timedelta(days=8)
    proposal.lines.create(
        key="d999999",
        role="agent",
        period=DateTimeTZRange(begins, begins + timedelta(hours=8)),
        was=house.people["run_engineer"],
        to=house.people["desk_agent"],
        reason="fair",
    )
    RosterProposal.objects.filter(pk=proposal.pk).update(state="ready")
    page = client.post(f"/shifts/proposals/{proposal.pk}/acceptance/", follow=True)
    assert "0 changes applied. Not applied, see the reasons below: 1." in page.content.decode()
    assert "This shift is no longer in the roster." in page.content.decode()
    assert "Out of date" in page.content.decode()


def test_programs_ask_for_a_roster_decide_it_and_wish(house: Personas) -> None:
    planner, team = house.client("administrator"), house.teams["run_engineer"]
    engineer = house.people["run_engineer"]
    begins = (clock.now() + timedelta(days=10)).replace(hour=8, minute=0, second=0, microsecond=0)
    span = DateTimeTZRange(begins, begins + timedelta(hours=8))
    with attributed(system("test")):
        Duty.objects.create(person=engineer, team=team, kind="staffed", role="agent", period=span)
        Absence.objects.create(person=engineer, kind="leave", period=span)
    url, first = f"/teams/{team.pk}/roster/proposals", (begins - timedelta(days=3)).date()
    asked = ask(planner, url, {"first": first.isoformat(), "weeks": 2})
    assert asked.status_code == 202
    assert (asked.json()["state"], asked.json()["lines"]) == ("waiting", {})
    assert ask(planner, url, {"first": first.isoformat(), "weeks": 3}).status_code == 422
    own = f"/roster-proposals/{asked.json()['id']}"
    proposals.run_search(asked.json()["id"])
    found = planner.get(f"/api/v1{own}").json()
    assert (found["state"], found["lines"]) == ("ready", {"open": 1})
    assert (found["minutes_not_covered"], found["minutes_not_covered_then"]) == (0, 0)
    (line,) = planner.get(f"/api/v1{own}/lines").json()["items"]
    assert (line["was_id"], line["to_id"], line["reason"]) == (engineer.pk, None, "away")
    assert ask(planner, f"{own}/end").status_code == 409
    done = ask(planner, f"{own}/acceptance", {"line_ids": [line["id"]]}).json()
    assert (done["state"], done["lines"]) == ("done", {"accepted": 1})
    assert ask(planner, f"{own}/refusal").status_code == 409
    assert [one["id"] for one in planner.get(f"/api/v1{url}").json()["items"]] == [done["id"]]
    agent = house.client("desk_agent")
    wish = ask(agent, "/duty-wishes", {"day": first.isoformat(), "wanted": "off"})
    assert wish.status_code == 201
    assert agent.get("/api/v1/duty-wishes").json()["items"] == [wish.json()]
    assert agent.delete(f"/api/v1/duty-wishes/{wish.json()['id']}").status_code == 204


def test_somebody_wishes_changes_his_mind_and_wishes_no_more(house: Personas) -> None:
    client = house.client("desk_agent")
    assert "/shifts/wishes/" in read(client, "/shifts/mine/")
    day = (clock.now() + timedelta(days=9)).date().isoformat()
    for wanted in ("off", "night"):
        assert client.post("/shifts/wishes/", {"day": day, "wanted": wanted}).status_code == 302
    wish = DutyWish.objects.get()
    assert (wish.person, wish.wanted) == (house.people["desk_agent"], "night")
    assert "Night shift" in read(client, "/shifts/wishes/").split("Your wishes")[1]
    past = client.post("/shifts/wishes/", {"day": "2020-01-01", "wanted": "off"})
    assert past.status_code == 422
    removal = f"/shifts/wishes/{wish.pk}/removal/"
    assert house.client("run_engineer").post(removal).status_code == 404
    assert client.post(removal).status_code == 302
    assert not DutyWish.objects.exists()
