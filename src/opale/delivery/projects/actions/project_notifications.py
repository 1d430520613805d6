"""Notifications about projects: to who leads them, and to who works on a task."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from django.urls import reverse

from opale.delivery.projects import notification_kinds as kinds
from opale.delivery.projects.models import (
    Deliverable,
    Evidence,
    Gate,
    Named,
    Party,
    Project,
    WorkPackage,
    name_at,
)
from opale.delivery.projects.queries.workdays import today
from opale.delivery.projects.states import AHEAD, LIVE, GateState
from opale.kernel.actor import Actor
from opale.notifications.actions.notify import News, notify_each, settle, settle_things
from opale.notifications.domain.kinds import Kind
from opale.organisation.models import Person

DAYS_BEFORE: Final = (7, 1)
"""How many days before the day promised to the customer its project manager is reminded."""
DAYS_LATE: Final = 7
"""For how many days after the day that a carrier promised it is still worth a reminder."""


def notify_manager(project: Project, person: Person, *, by: Actor) -> None:
    """Tell a person that a project is theirs to lead; who led it before is asked no longer."""
    settle(kinds.MANAGER_ASSIGNED, thing=_of_project(project), by=by)
    notify_each([_news(kinds.MANAGER_ASSIGNED, person, project)], by=by)


def notify_replanned(
    project: Project,
    moved: Iterable[WorkPackage],
    assigned: WorkPackage | None,
    ended_on: date | None,
    *,
    by: Actor,
) -> None:
    """Tell the people of tasks that their days moved, one that a task is theirs, and who leads the
    project that it ends on another day than `ended_on`.
    """
    news = [
        _news(
            kinds.TASK_MOVED, package.person, project, thing=_of(package), task=package,
            from_on=package.starts_on, until_on=package.ends_on,
        )
        for package in moved
        if package.person is not None and (assigned is None or package.pk != assigned.pk)
    ]  # fmt: skip
    if assigned is not None:
        settle_things([_of(assigned)], by=by)
        if assigned.person is not None and assigned.state in AHEAD:
            news.append(
                _news(kinds.ASSIGNED, assigned.person, project, thing=_of(assigned), task=assigned)
            )
    has_moved = None not in (ended_on, project.ends_on) and ended_on != project.ends_on
    if has_moved and project.manager is not None and project.state in LIVE:
        news.append(
            _news(
                kinds.END_MOVED, project.manager, project, new_on=project.ends_on, old_on=ended_on
            )
        )
    notify_each(news, by=by)


def notify_submitted(project: Project, row: Deliverable, *, by: Actor) -> None:
    """Tell who leads a project that a deliverable waits for a decision."""
    if project.manager is not None:
        thing = _of_deliverable(row)
        news = _news(kinds.SUBMITTED, project.manager, project, thing=thing, deliverable=row)
        notify_each([news], by=by)


def notify_ready_gate(project: Project, gate: Gate, *, by: Actor) -> None:
    """Tell who leads a project that a gate has all its evidence, unless it passed by that."""
    open_gate = Gate.objects.filter(pk=gate.pk, state=GateState.OPEN, automatic=False)
    missing = Evidence.objects.filter(gate=gate, given_at=None)
    if project.manager is not None and open_gate.exists() and not missing.exists():
        news = _news(kinds.GATE_READY, project.manager, project, thing=_of_gate(gate), gate=gate)
        notify_each([news], by=by)


def settle_submitted(row: Deliverable, *, by: Actor) -> None:
    """Mark as read that a deliverable waits for a decision."""
    settle(kinds.SUBMITTED, thing=_of_deliverable(row), by=by)


def settle_gate(gate: Gate, *, by: Actor) -> None:
    """Mark as read that a gate can be passed."""
    settle(kinds.GATE_READY, thing=_of_gate(gate), by=by)


def settle_project(project: Project, *, by: Actor) -> None:
    """Mark as read all that a project asked for, which is over."""
    things = [_of_project(project)]
    things += map(_of, WorkPackage.objects.filter(project=project))
    things += map(_of_deliverable, Deliverable.objects.filter(project=project))
    things += map(_of_gate, Gate.objects.filter(project=project))
    settle_things(things, by=by)


def notify_due_promises(*, by: Actor) -> None:
    """Tell who leads projects of the days that come near, each once."""
    day = today()
    live = Project.objects.filter(state__in=LIVE)
    rows = live.filter(promised_on__gt=day, promised_on__lte=day + timedelta(days=max(DAYS_BEFORE)))
    news = []
    for project in rows.select_related("manager__user", "manager__company"):
        manager, promised = project.manager, project.promised_on
        if manager is None or promised is None:
            continue
        left = (promised - day).days
        reminder = min(days for days in DAYS_BEFORE if left <= days)
        thing = f"projects.promise:{project.pk}:{promised}:{reminder}"
        news.append(
            _news(
                kinds.PROMISE_DUE, manager, project, thing=thing, promised_on=promised,
            )
        )  # fmt: skip
    packages = WorkPackage.objects.filter(
        project__in=live, state__in=AHEAD, party=Party.CARRIER,
        promised_on__gt=day - timedelta(days=DAYS_LATE), promised_on__lte=day,
    )  # fmt: skip
    for package in packages.select_related(
        "project__manager__user", "project__manager__company", "line__site"
    ):
        manager = package.project.manager
        if manager is None:
            continue
        thing = f"{_of(package)}:{package.promised_on}"
        news.append(
            _news(
                kinds.CARRIER_DUE, manager, package.project, thing=thing,
                task=package, promised_on=package.promised_on,
            )
        )  # fmt: skip
    notify_each(news, by=by, once=True)


def _news(
    kind: Kind, person: Person, project: Project, *, thing: str = "", **values: object
) -> News:
    said: dict[str, object] = {"project": project.reference, "name": project.name}
    for name, value in values.items():
        if isinstance(value, WorkPackage | Deliverable):
            said |= {
                f"{name}_en": name_at(value.name_en, value.site),
                f"{name}_fr": name_at(value.name_fr, value.site),
            }
        elif isinstance(value, Named):
            said |= {f"{name}_en": value.name_en, f"{name}_fr": value.name_fr}
        else:
            said[name] = value
    page = reverse("projects_show", args=[project.number])
    return News(kind, person, thing or _of_project(project), page, said)


def _of_project(project: Project) -> str:
    return f"projects.project:{project.pk}"


def _of(package: WorkPackage) -> str:
    return f"projects.package:{package.pk}"


def _of_deliverable(row: Deliverable) -> str:
    return f"projects.deliverable:{row.pk}"


def _of_gate(gate: Gate) -> str:
    return f"projects.gate:{gate.pk}"
