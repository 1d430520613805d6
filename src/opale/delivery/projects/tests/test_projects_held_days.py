"""Hours that no longer fit the plan are marked where people look, and moved by one act."""

from datetime import UTC, datetime, time, timedelta

import pytest
from tests.personas import Personas

from opale.delivery.projects.actions import packages, reservations
from opale.delivery.projects.models import Project, WorkPackage
from opale.delivery.projects.queries import attention
from opale.delivery.projects.queries.held_days import packages_off_plan
from opale.delivery.projects.tests.builders import MAKER, led, make_project, package
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict
from opale.organisation.models import Absence
from opale.reservations.models import ReservationLine

pytestmark = pytest.mark.django_db


def later(task: WorkPackage, days: int = 60) -> WorkPackage:
    """The task, planned so many days later than it was."""
    assert task.starts_on is not None
    packages.edit_package(task, by=MAKER, not_before=task.starts_on + timedelta(days=days))
    return package(task.project, task.key)


def reserved(house: Personas) -> tuple[Project, WorkPackage]:
    project = led(make_project(house), house)
    engineer = house.people["build_engineer"]
    packages.edit_package(package(project, "design"), by=MAKER, person=engineer)
    reservations.reserve_hours(package(project, "design"), by=MAKER)
    return project, package(project, "design")


def test_hours_that_fit_the_plan_are_not_marked(personas: Personas) -> None:
    project, _task = reserved(personas)
    assert packages_off_plan(project, seen_by=MAKER) == []
    with pytest.raises(Conflict):
        reservations.move_hours(project, by=MAKER)


def test_hours_on_other_days_are_marked_and_moved_by_one_act(personas: Personas) -> None:
    project, task = reserved(personas)
    moved = later(task)
    assert packages_off_plan(project, seen_by=MAKER) == [moved]
    client = personas.client("project_manager")
    page = f"/projects/{project.number}/"
    shown = client.get(page).content.decode()
    assert "The hours of 1 task are reserved on other days than planned." in shown
    assert "Move reserved hours" in shown
    (item,) = (
        one
        for one in attention.attention_items(seen_by=personas.actor("project_manager"))
        if one.kind == "hours"
    )
    assert (item.project, item.days) == (project, 1)
    done = client.post(f"/api/v1/projects/{project.number}/hours")
    assert (done.status_code, done.json()) == (200, {"moved": 1, "refused": []})
    line = ReservationLine.objects.get(holds=True)
    assert (line.since, line.last) == (moved.starts_on, moved.ends_on)
    assert "on other days than planned" not in client.get(page).content.decode()


def test_hours_of_somebody_else_than_does_it_are_marked(personas: Personas) -> None:
    project, task = reserved(personas)
    other = personas.people["core_engineer"]
    packages.edit_package(task, by=MAKER, person=other)
    assert [one.pk for one in packages_off_plan(project, seen_by=MAKER)] == [task.pk]
    reservations.move_hours(project, by=MAKER)
    assert ReservationLine.objects.get(holds=True).person == other


def test_hours_that_cannot_move_stay_and_it_is_said_why(personas: Personas) -> None:
    project, task = reserved(personas)
    before = ReservationLine.objects.get(holds=True).days
    moved = later(task)
    assert moved.starts_on is not None
    assert moved.person is not None
    since = datetime.combine(moved.starts_on, time(), UTC)
    away = (since, since + timedelta(days=600))
    with attributed(MAKER):
        Absence.objects.create(
            person=moved.person,
            kind=Absence.Kind.LEAVE,
            period=away,
        )
    done = reservations.move_hours(project, by=MAKER)
    assert done.moved == 0
    (why,) = done.refused
    assert moved.name in why
    assert ReservationLine.objects.get(holds=True).days == before
