"""The check of a design, its order, and the plan of its project have the same dates."""

from datetime import UTC, datetime, time, timedelta

import pytest
from tests.personas import Personas

from opale.delivery.designs.actions import orders
from opale.delivery.designs.models import Design, DesignCheck
from opale.delivery.designs.tests.builders import (
    MAKER,
    able,
    accepted,
    busy,
    make_design,
    quoted,
    stock,
    take,
)
from opale.delivery.orders.actions import moves
from opale.delivery.orders.states import START
from opale.delivery.projects.actions import order_sync, plans, slippage
from opale.delivery.projects.models import Project, WorkPackage
from opale.delivery.projects.queries import held_days
from opale.delivery.projects.queries.proposed_promise import proposed_promise
from opale.delivery.projects.queries.workdays import today
from opale.kernel.attribution import attributed
from opale.organisation.models import Absence

pytestmark = pytest.mark.django_db
Dates = dict[tuple[str, int], tuple[str, str, str]]
WHAT = (("vpn", 3), ("colo", 2), ("inet", 1))


def away(house: Personas, function: str, after: int, days: int) -> None:
    begins = datetime.combine(today() + timedelta(days=after), time(), UTC)
    with attributed(MAKER):
        Absence.objects.create(
            person=house.people[function],
            kind=Absence.Kind.LEAVE,
            period=(begins, begins + timedelta(days=days)),
        )


def checked_dates(design: Design) -> Dates:
    found = DesignCheck.objects.filter(version__design=design).order_by("-pk")[0]
    assert found.earliest_on is not None
    return {
        (one["key"], one["piece"]): (one["starts"], one["ends"], one.get("person", ""))
        for one in found.result["packages"]
    }


def planned_dates(project: Project) -> Dates:
    rows = WorkPackage.objects.filter(project=project).select_related("person")
    return {
        (one.key, one.piece): (
            str(one.starts_on), str(one.ends_on), one.person.name if one.person else "",
        )
        for one in rows
    }  # fmt: skip


@pytest.mark.parametrize("held", [True, False], ids=["reserved", "nothing reserved"])
def test_the_same_order_has_the_same_dates(held: bool, personas: Personas) -> None:
    hall, _feed = stock(units="150")
    take(hall, "100", until=today() + timedelta(days=20))
    able(personas)
    away(personas, "build_engineer", 3, 6)
    away(personas, "provisioner", 40, 12)
    busy(personas, "project_manager", "7", 9)
    design = make_design(personas, *WHAT)
    accepted(quoted(design, held=held), personas)
    checked = checked_dates(design)
    order = moves.move_order(orders.order_design(design, by=MAKER).order, START, by=MAKER)
    project = order_sync.sync_project(order.pk, by=MAKER)
    assert project is not None
    assert planned_dates(project) == checked
    assert held_days.packages_off_plan(project, seen_by=MAKER) == []
    plans.replan_all(by=MAKER)
    assert planned_dates(project) == checked


def test_the_promise_that_is_proposed_is_the_safe_day_of_the_check(personas: Personas) -> None:
    able(personas)
    design = make_design(personas, ("vpn", 1))
    accepted(quoted(design, held=True), personas)
    safe = DesignCheck.objects.get().p80_on
    assert safe is not None
    order = moves.move_order(orders.order_design(design, by=MAKER).order, START, by=MAKER)
    project = order_sync.sync_project(order.pk, by=MAKER)
    assert project is not None
    assert project.ends_on is not None
    assert safe > project.ends_on
    page = personas.client("project_manager").get(f"/projects/{project.number}/promises/new/")
    assert f'value="{safe}"' in page.content.decode()
    later = safe + timedelta(days=3)
    assert proposed_promise(project, later) == later, "a plan that slipped is not promised away"
    assert slippage.create_baseline(project, by=MAKER).promised_on == safe


def test_a_project_plans_around_absences(personas: Personas) -> None:
    able(personas)
    design = make_design(personas, ("vpn", 1))
    accepted(quoted(design, held=True), personas)
    before = checked_dates(design)
    order = moves.move_order(orders.order_design(design, by=MAKER).order, START, by=MAKER)
    project = order_sync.sync_project(order.pk, by=MAKER)
    assert project is not None
    away(personas, "build_engineer", 1, 30)
    plans.replan_all(by=MAKER)
    after = planned_dates(project)
    assert after["design", 0][1] > (today() + timedelta(days=30)).isoformat()
    assert after["agreed", 0][0] > before["agreed", 0][1]
    off = held_days.packages_off_plan(project, seen_by=MAKER)
    assert "design" in {one.key for one in off}
