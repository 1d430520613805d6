"""Who leads a project, and who works on a task, is told what concerns them."""

from datetime import timedelta

import pytest
from django.utils import translation
from tests.personas import Personas

from opale.delivery.projects.actions import deliverables, packages, project_notifications, projects
from opale.delivery.projects.models import Deliverable, Gate, Project, WorkPackage
from opale.delivery.projects.queries.workdays import today
from opale.delivery.projects.states import BEGIN
from opale.delivery.projects.tests.builders import MAKER, fresh, led, make_project, package
from opale.kernel.attribution import attributed
from opale.notifications.models import Notification

pytestmark = pytest.mark.django_db
MANAGER, ENGINEER = "project_manager", "build_engineer"


def told(personas: Personas, name: str) -> dict[str, Notification]:
    """What a persona was told, by its kind, and forget it."""
    rows = Notification.objects.filter(person=personas.people[name])
    found = {row.kind: row for row in rows}
    rows.delete()
    return found


def running(personas: Personas) -> Project:
    project = led(make_project(personas), personas)
    projects.move_project(project, BEGIN, by=MAKER)
    return fresh(project)


def test_a_manager_is_told_of_a_given_project_and_an_engineer_of_a_task(
    personas: Personas,
) -> None:
    project = led(make_project(personas), personas)
    given = told(personas, MANAGER)["projects.manager_assigned"]
    assert given.text == f"You now lead {project.reference} “{project.name}”"
    assert given.url == f"/projects/{project.number}/"
    row = WorkPackage.objects.filter(project=project).order_by("position")[0]
    packages.edit_package(row, by=MAKER, person=personas.people[ENGINEER])
    assert row.name in told(personas, ENGINEER)["projects.assigned"].text
    # Whoever takes a task knows it.
    packages.edit_package(row, by=MAKER, person=None)
    packages.edit_package(row, by=personas.actor(MANAGER), person=personas.people[MANAGER])
    assert "projects.assigned" not in told(personas, MANAGER)


def test_moved_days_are_told_to_the_manager_and_to_the_engineer(personas: Personas) -> None:
    project = running(personas)
    last = WorkPackage.objects.filter(project=project, critical=True).order_by("-ends_on")[0]
    first = WorkPackage.objects.filter(project=project, critical=True).order_by("starts_on")[0]
    packages.edit_package(last, by=MAKER, person=personas.people[ENGINEER])
    told(personas, ENGINEER), told(personas, MANAGER)
    before = fresh(project).ends_on
    packages.edit_package(first, by=MAKER, days=first.days + 10, cause="carrier")
    assert fresh(project).ends_on != before
    moved = told(personas, MANAGER)["projects.end_moved"]
    assert moved.values["old_on"] == str(before)
    assert moved.values["new_on"] == str(fresh(project).ends_on)
    assert last.name in told(personas, ENGINEER)["projects.task_moved"].text


def test_a_refused_change_tells_nobody(personas: Personas) -> None:
    project = running(personas)
    row = package(project, WorkPackage.objects.filter(project=project)[0].key)
    told(personas, MANAGER)
    with pytest.raises(Exception, match="days"):
        packages.edit_package(row, by=MAKER, days=-1)
    assert told(personas, MANAGER) == {}


def test_deliverables_and_gates_wait_for_the_manager(personas: Personas) -> None:
    project = running(personas)
    told(personas, MANAGER)
    row = Deliverable.objects.filter(project=project)[0]
    deliverables.submit_deliverable(row, by=personas.actor(ENGINEER), place="doc/1")
    assert row.name in told(personas, MANAGER)["projects.submitted"].text
    gate = Gate.objects.filter(project=project, automatic=False).order_by("id")[0]
    *early, final = gate.evidences.all()
    for proof in early:
        deliverables.attach_evidence(proof, by=personas.actor(ENGINEER), place="doc/1")
    assert "projects.gate_ready" not in told(personas, MANAGER)
    deliverables.attach_evidence(final, by=personas.actor(ENGINEER), place="doc/1")
    assert gate.name in told(personas, MANAGER)["projects.gate_ready"].text


def test_what_is_decided_asks_nobody_any_longer(personas: Personas) -> None:
    project = running(personas)
    row = Deliverable.objects.filter(project=project)[0]
    deliverables.submit_deliverable(row, by=personas.actor(ENGINEER), place="doc/1")
    gate = Gate.objects.filter(project=project, automatic=False).order_by("id")[0]
    for proof in gate.evidences.all():
        deliverables.attach_evidence(proof, by=personas.actor(ENGINEER), place="doc/1")
    asked = Notification.objects.filter(
        kind__in=("projects.submitted", "projects.gate_ready"), read_at=None
    )
    assert asked.count() == 2
    deliverables.accept_deliverable(row, by=MAKER)
    deliverables.pass_gate(gate, by=MAKER)
    assert not asked.exists()


def test_a_promised_day_is_announced_once(personas: Personas) -> None:
    project = running(personas)
    Project.objects.filter(pk=project.pk).update(promised_on=today() + timedelta(days=7))
    told(personas, MANAGER)
    project_notifications.notify_due_promises(by=MAKER)
    project_notifications.notify_due_promises(by=MAKER)
    assert told(personas, MANAGER)["projects.promise_due"].count == 1


def test_a_promise_whose_reminder_was_missed_is_announced_the_next_day(
    personas: Personas,
) -> None:
    project = running(personas)
    Project.objects.filter(pk=project.pk).update(promised_on=today() + timedelta(days=6))
    told(personas, MANAGER)
    project_notifications.notify_due_promises(by=MAKER)
    assert "projects.promise_due" in told(personas, MANAGER)


def test_a_task_given_to_somebody_else_asks_its_former_person_no_longer(
    personas: Personas,
) -> None:
    project = running(personas)
    row = WorkPackage.objects.filter(project=project).order_by("position")[0]
    packages.edit_package(row, by=MAKER, person=personas.people[ENGINEER])
    packages.edit_package(row, by=MAKER, person=personas.people["core_engineer"], days=row.days + 2)
    asked = Notification.objects.filter(kind__startswith="projects.", read_at=None)
    assert not asked.filter(person=personas.people[ENGINEER]).exists()
    # Who is newly assigned is told that alone, though the days moved too.
    (news,) = asked.filter(person=personas.people["core_engineer"])
    assert news.kind == "projects.assigned"


def test_what_an_ended_project_asked_for_is_over(personas: Personas) -> None:
    project = running(personas)
    row = Deliverable.objects.filter(project=project)[0]
    deliverables.submit_deliverable(row, by=personas.actor(ENGINEER), place="doc/1")
    project_notifications.settle_project(project, by=MAKER)
    assert not Notification.objects.filter(kind__startswith="projects.", read_at=None).exists()


def test_names_are_said_in_the_language_of_the_reader(personas: Personas) -> None:
    project = running(personas)
    row = WorkPackage.objects.filter(project=project).order_by("position")[0]
    with attributed(MAKER):
        WorkPackage.objects.filter(pk=row.pk).update(name_en="Kick-off", name_fr="Lancement")
    packages.edit_package(
        WorkPackage.objects.get(pk=row.pk), by=MAKER, person=personas.people[ENGINEER]
    )
    news = Notification.objects.get(kind="projects.assigned")
    with translation.override("fr"):
        assert "Lancement" in news.text
    with translation.override("en"):
        assert "Kick-off" in news.text
