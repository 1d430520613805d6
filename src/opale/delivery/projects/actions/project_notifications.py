"""Notifications about projects: to who leads them, and to who works on a task."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from django.urls import reverse

from opale.delivery.projects import notification_kinds as kinds
from opale.delivery.projects.models import (
    Deliverable,
    Evidence,
    Gate,
    Party,
    Project,
    WorkPackage,
)
from opale.delivery.projects.queries.workdays import today
from opale.delivery.projects.states import AHEAD, LIVE, GateState
from opale.kernel.actor import Actor
from opale.notifications.actions.notify import notify, settle
from opale.notifications.domain.kinds import Kind
from opale.organisation.models import Person

DAYS_BEFORE: Final = (7, 1)
"""How many days before the day promised to the customer its project manager is reminded."""


def notify_given(project: Project, person: Person, *, by: Actor) -> None:
    """Tell a person that a project is theirs to lead."""
    _notify(kinds.GIVEN, [person], project, by=by)


def notify_assigned(project: Project, package: WorkPackage, *, by: Actor) -> None:
    """Tell the person of a task that it is theirs."""
    if package.person is not None and package.state in AHEAD:
        _notify(
            kinds.ASSIGNED, [package.person], project, by=by, thing=_of(package),
            task=package.name,
        )  # fmt: skip


def notify_moved_tasks(project: Project, moved: Sequence[WorkPackage], *, by: Actor) -> None:
    """Tell the people of tasks that their days moved."""
    for package in moved:
        if package.person is not None:
            _notify(
                kinds.TASK_MOVED, [package.person], project, by=by, thing=_of(package),
                task=package.name, from_on=package.starts_on, until_on=package.ends_on,
            )  # fmt: skip


def notify_moved_end(project: Project, ended_on: date | None, *, by: Actor) -> None:
    """Tell who leads a project that it ends on another day than it did."""
    if None in (ended_on, project.ends_on) or ended_on == project.ends_on:
        return
    if project.state in LIVE:
        _notify(
            kinds.END_MOVED, _manager(project), project, by=by, new_on=project.ends_on,
            old_on=ended_on,
        )  # fmt: skip


def notify_submitted(project: Project, row: Deliverable, *, by: Actor) -> None:
    """Tell who leads a project that a deliverable waits for a decision."""
    _notify(
        kinds.SUBMITTED, _manager(project), project, by=by,
        thing=f"projects.deliverable:{row.pk}", deliverable=row.name,
    )  # fmt: skip


def notify_ready_gate(project: Project, gate: Gate, *, by: Actor) -> None:
    """Tell who leads a project that a gate has all its evidence, unless it passed by that."""
    open_gate = Gate.objects.filter(pk=gate.pk, state=GateState.OPEN, automatic=False)
    if open_gate.exists() and not Evidence.objects.filter(gate=gate, given_at=None).exists():
        _notify(
            kinds.GATE_READY, _manager(project), project, by=by, thing=f"projects.gate:{gate.pk}",
            gate=gate.name,
        )  # fmt: skip


def settle_submitted(row: Deliverable, *, by: Actor) -> None:
    """Mark as read that a deliverable waits for a decision."""
    settle(kinds.SUBMITTED, thing=f"projects.deliverable:{row.pk}", by=by)


def settle_gate(gate: Gate, *, by: Actor) -> None:
    """Mark as read that a gate can be passed."""
    settle(kinds.GATE_READY, thing=f"projects.gate:{gate.pk}", by=by)


def notify_due_promises(*, by: Actor) -> None:
    """Tell who leads projects of the days that come near, each once."""
    days = [today() + timedelta(days=n) for n in DAYS_BEFORE]
    rows = Project.objects.filter(state__in=LIVE, promised_on__in=days, manager__isnull=False)
    for project in rows.select_related("manager__user", "manager__company"):
        _notify(
            kinds.PROMISE_DUE, _manager(project), project, by=by, once=True,
            thing=f"projects.promise:{project.pk}:{today()}", promised_on=project.promised_on,
        )  # fmt: skip
    packages = WorkPackage.objects.filter(
        project__state__in=LIVE, project__manager__isnull=False, state__in=AHEAD,
        party=Party.CARRIER, promised_on=today(),
    )  # fmt: skip
    for package in packages.select_related("project__manager__user", "project__manager__company"):
        _notify(
            kinds.CARRIER_DUE, _manager(package.project), package.project, by=by, once=True,
            thing=f"{_of(package)}:{today()}", task=package.name, promised_on=package.promised_on,
        )  # fmt: skip


def _notify(
    kind: Kind, people: Iterable[Person], project: Project, *, by: Actor, thing: str = "",
    once: bool = False, **values: object,
) -> None:  # fmt: skip
    notify(
        kind,
        people,
        thing=thing or f"projects.project:{project.pk}",
        url=reverse("projects_show", args=[project.number]),
        values={"project": project.reference, "name": project.name, **values},
        by=by,
        once=once,
    )


def _manager(project: Project) -> list[Person]:
    return [project.manager] if project.manager is not None else []


def _of(package: WorkPackage) -> str:
    return f"projects.package:{package.pk}"
