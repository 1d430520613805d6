"""Rescheduling of a project's plan after each change. Source: docs/rules/projects.md."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from opale.delivery.projects.actions.project_notifications import notify_replanned
from opale.delivery.projects.domain.health import health_reasons, weather
from opale.delivery.projects.models import Baseline, Party, Project, WorkPackage
from opale.delivery.projects.queries.health import health_inputs
from opale.delivery.projects.queries.schedules import plan_of, schedule_project
from opale.delivery.projects.rights import WORK
from opale.delivery.projects.states import AHEAD, LIVE, PackageState
from opale.kernel import live_topics
from opale.kernel.action_steps import lock_row
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove, NotFound
from opale.organisation.facts import PersonLeft
from opale.planning.task_order import Link
from opale.planning.task_schedule import Plan

LIST: Final = "projects.list"
CHANGE: Final = "change"
COMPUTED_FIELDS: Final = ("starts_on", "ends_on", "slack", "critical", "because")
Kind = WorkPackage.Kind


def lock_project(project: Project, *, by: Actor, right: str = WORK) -> Project:
    """Return the project with its row locked, so that changes of its plan are serialised.

    Errors: NotFound, NotAllowed, IllegalMove (it has ended).
    """
    held = lock_row(Project.objects.filter(pk=project.pk), by, right)
    if held.state not in LIVE:
        raise IllegalMove(CHANGE, {held.pk: held.state})
    return held


def lock_package(
    package: WorkPackage, *, by: Actor, right: str = WORK
) -> tuple[Project, WorkPackage]:
    """Return a package and its locked project. Errors: NotFound, NotAllowed, IllegalMove."""
    held = lock_project(package.project, by=by, right=right)
    row = WorkPackage.objects.filter(pk=package.pk, project=held).first()
    if row is None:
        raise NotFound
    return held, row


def lock_open_package(package: WorkPackage, *, by: Actor) -> tuple[Project, WorkPackage]:
    """Return an uncompleted package and its locked project. Errors: as `lock_package`."""
    held, row = lock_package(package, by=by)
    if row.state not in AHEAD:
        raise IllegalMove(CHANGE, {row.pk: row.state})
    return held, row


def publish_project(project: Project) -> None:
    live_topics.publish(LIST, project.topic)


def replan(project: Project, *, by: Actor, assigned: WorkPackage | None = None) -> Plan:
    """Reschedule a project: its dates, who is waited for and its weather; the caller locks the
    project. Unchanged rows are not written. Who leads the project or works on a task is told that
    its dates moved; of an `assigned` task, its person that it is theirs."""
    packages, links = plan_of(project)
    found = schedule_project(project, packages, links)
    moved = _write_dates(packages, found)
    ended_on = _write_summary(project, packages, links, found)
    notify_replanned(project, moved, assigned, ended_on, by=by)
    publish_project(project)
    return found


def _write_dates(packages: Sequence[WorkPackage], found: Plan) -> list[WorkPackage]:
    """Write the dates of tasks, and return those with a person whose days moved."""
    changed, moved = [], []
    for package in packages:
        dated = found.dates[package.pk]
        because = {"kind": dated.because.kind, "on": dated.because.on.isoformat()}
        if dated.because.of is not None:
            because["of"] = str(dated.because.of)
        values: Mapping[str, Any] = {
            "starts_on": dated.starts,
            "ends_on": dated.ends,
            "slack": dated.slack,
            "critical": dated.critical and package.state in AHEAD,
            "because": because,
        }
        if any(getattr(package, name) != value for name, value in values.items()):
            days = (package.starts_on, package.ends_on)
            if None not in days and days != (dated.starts, dated.ends) and package.state in AHEAD:
                moved.append(package)
            for name, value in values.items():
                setattr(package, name, value)
            changed.append(package)
    WorkPackage.objects.bulk_update(changed, COMPUTED_FIELDS, batch_size=500)
    return [one for one in moved if one.person_id]


def _write_summary(
    project: Project, packages: Sequence[WorkPackage], links: Collection[Link], found: Plan
) -> date | None:
    """Write what the plan says of the whole project, and return the day it ended on before."""
    ahead = [one for one in packages if one.state in AHEAD]
    baseline = Baseline.objects.filter(project=project).order_by("-number").first()
    upcoming = _next(ahead)
    frozen = baseline.dates_of(upcoming.pk) if baseline and upcoming else None
    values: dict[str, Any] = {
        "ends_on": found.ends,
        "late_by": found.late_by,
        "next_package": upcoming,
        "next_was_on": date.fromisoformat(frozen[1]) if frozen else None,
        "promised_on": baseline.promised_on if baseline else None,
        "waits_for": _waited_for(ahead, links),
    }
    for name, value in values.items():
        setattr(project, name, value)
    values["weather"] = weather(health_reasons(health_inputs(project)))
    before = Project.objects.filter(pk=project.pk).values(*values).get()
    if any(before[name] != getattr(value, "pk", value) for name, value in values.items()):
        Project.objects.filter(pk=project.pk).update(**values)
    project.weather = values["weather"]
    ended_on: date | None = before["ends_on"]
    return ended_on


def _next(ahead: Sequence[WorkPackage]) -> WorkPackage | None:
    """Return the next milestone; without one, the package that ends last."""
    milestones = [one for one in ahead if one.kind == Kind.MILESTONE]
    if milestones:
        return min(milestones, key=lambda one: (one.ends_on or date.max, one.position))
    return max(ahead, key=lambda one: (one.ends_on or date.min, one.position), default=None)


def _waited_for(ahead: Sequence[WorkPackage], links: Collection[Link]) -> str:
    """Return the party of the next package that can proceed, preferring those that decide the
    end."""
    waiting = {one.pk for one in ahead}
    held_up = {link.after for link in links if link.before in waiting}
    ready = [one for one in ahead if one.pk not in held_up and one.kind != Kind.MILESTONE]
    first = min(
        ready,
        key=lambda one: (not one.critical, one.state == PackageState.TODO, one.ends_on or date.max),
        default=None,
    )
    return Party(first.party) if first else ""


def flag_leaver(fact: PersonLeft, by: Actor) -> None:
    """Mark the plans that count on a person who leaves."""
    rows = WorkPackage.objects.filter(person_id=fact.person_id, state__in=AHEAD)
    for pk in sorted(set(rows.values_list("project_id", flat=True))):
        _replan(pk, by=by)


def replan_all(*, by: Actor) -> int:
    """Reschedule every live plan, once a day: work that has not begun moves to today or later."""
    count = 0
    rows = Project.objects.filter(state__in=LIVE).order_by("pk")
    for pk in list(rows.values_list("pk", flat=True)):
        count += _replan(pk, by=by)
    return count


def _replan(pk: int, *, by: Actor) -> bool:
    """Reschedule a project if it is live, and return whether it was."""
    with attributed(by):
        project = (
            Project.objects.select_for_update(of=("self",))
            .select_related("calendar")
            .filter(pk=pk, state__in=LIVE)
            .first()
        )
        if project is not None:
            replan(project, by=by)
    return project is not None
