"""Escalation policies by their form: steps row by row, on and off, and what may be deleted."""

from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.kernel.clock import now
from opale.run.paging.actions.mobilisations import start_mobilisation
from opale.run.paging.actions.policies import create_policy
from opale.run.paging.domain.escalation_plans import PolicyContent, Step, Target
from opale.run.paging.forms.policies import edit_rows
from opale.run.paging.models import EscalationPolicy
from opale.run.paging.ports import Subject
from opale.run.paging.queries.policies import current_content
from opale.run.paging.tests.builders import MAKER

pytestmark = pytest.mark.django_db
NEW = "/paging/policies/new/"


@pytest.fixture
def house() -> Personas:
    return make_personas()


@pytest.fixture
def manager(house: Personas) -> Client:
    return house.client("service_manager")


def typed(house: Personas, *rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    sent = {"name": "Core", "team": house.teams["run_engineer"].pk, "repeat": 1}
    sent |= {"again_minutes": 0, "zone": "Europe/Paris", "min_severity": 5, "max_priority": 0}
    for number, row in enumerate(rows):
        sent |= {f"s{number}-{name}": value for name, value in row.items()}
    return sent | more


def test_each_kind_of_step_is_kept_as_it_was_meant(house: Personas, manager: Client) -> None:
    team, person = house.teams["desk_agent"], house.people["run_engineer"]
    rows = (
        {"kind": "person", "person": person.pk, "minutes": 7},
        {"kind": "duty", "team": team.pk, "duty": "standby", "minutes": 12},
        {"kind": "round_robin", "beside": "on", "minutes": 99},
        {"kind": "team", "team": team.pk, "minutes": 20},
        {"kind": "manager", "minutes": ""},
    )
    assert manager.post(NEW, typed(house, *rows)).status_code == 302
    assert current_content(EscalationPolicy.objects.get()).steps == (
        Step((Target("person", person.pk),), 7),
        Step((Target("duty", team_id=team.pk, duty="standby"), Target("round_robin")), 12),
        Step((Target("team", team_id=team.pk),), 20),
        Step((Target("manager"),), 5),
    )


def test_a_button_changes_rows_keeps_what_was_typed_and_saves_nothing(
    house: Personas, manager: Client
) -> None:
    rows = ({"kind": "manager", "minutes": 3}, {"kind": "team", "minutes": "x", "beside": "on"})
    page = manager.post(NEW, typed(house, *rows, change_steps="up-1", triggers=["alert"]))
    assert page.status_code == 200
    assert not EscalationPolicy.objects.exists()
    form = page.context["form"]
    assert [(row["kind"].value(), row["minutes"].value()) for row in form.rows] == [
        ("team", "x"),
        ("manager", "3"),
    ]
    assert (form["name"].value(), form["triggers"].value()) == ("Core", ["alert"])
    assert not form.rows[0]["beside"].value()
    added = manager.post(
        NEW, typed(house, *rows, change_steps="add"), headers={"HX-Request": "true"}
    )
    assert len(added.context["form"].rows) == 3
    assert b"<html" not in added.content


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ("remove-0", "bc"),
        ("remove-7", "abc"),
        ("down-0", "bac"),
        ("up-0", "abc"),
        ("down-2", "abc"),
        ("up-2", "acb"),
        ("nonsense", "abc"),
    ],
)
def test_rows_are_removed_and_moved_by_their_place(change: str, left: str) -> None:
    rows = [{"kind": kind, "beside": "on"} for kind in "abc"]
    found = edit_rows(rows, change)
    assert "".join(row["kind"] for row in found) == left
    assert [row["beside"] for row in found] == ["", "on", "on"][: len(left)]


def test_what_is_wrong_with_a_row_stands_beside_it(house: Personas, manager: Client) -> None:
    page = manager.post(NEW, typed(house, {"kind": "person", "minutes": 5}))
    assert page.status_code == 422
    assert "Choose who is paged." in page.content.decode()
    none = manager.post(NEW, typed(house))
    assert none.status_code == 422
    assert "Add at least one step." in none.content.decode()


def test_a_policy_is_switched_on_its_page_and_deleted_only_while_unused(
    house: Personas, manager: Client
) -> None:
    content = PolicyContent(steps=(Step((Target("manager"),), 5),))
    team = house.teams["run_engineer"]
    policy = create_policy(name="Core", team=team, content=content, by=MAKER)
    page = f"/paging/policies/{policy.pk}/"
    drawn = manager.get(page).content.decode()
    assert f"{page}switch/" in drawn
    assert f"{page}removal/" in drawn
    assert "the policy can be deleted" in drawn
    subject = Subject(
        about="test.thing:1", trigger="alert", title="Router", customer_id=house.customer.pk
    )
    assert start_mobilisation(subject, by=MAKER, at=now())
    drawn = manager.get(page).content.decode()
    assert "1 page started." in drawn
    assert f"{page}removal/" not in drawn
    manager.post(f"{page}removal/")
    manager.post(f"{page}switch/")
    assert not EscalationPolicy.objects.get().is_on
    assert "Disabled" in manager.get("/paging/policies/").content.decode()
