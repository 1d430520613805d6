"""The schedule of a project, from its tasks, their people's hours and its stock.

Source: docs/rules/projects.md, "Dates".
"""

from collections.abc import Mapping, Sequence
from datetime import date

from opale.delivery.projects.models import PackageLink, Party, Project, TechnicalNeed, WorkPackage
from opale.delivery.projects.queries.workdays import calendar_of, today, workdays_of
from opale.delivery.projects.states import AHEAD, PackageState
from opale.organisation.models import Person
from opale.planning.task_order import Link
from opale.planning.task_schedule import PersonDays, Plan, Task, plan
from opale.planning.workdays import Workdays
from opale.reservations.models import ReservationLine
from opale.reservations.queries.diary import diary
from opale.reservations.queries.person_days import HORIZON_DAYS, person_days

Kind = WorkPackage.Kind


def plan_of(project: Project) -> tuple[list[WorkPackage], list[Link]]:
    """Return the packages, with their people's calendars, and the links of a project."""
    packages = (
        WorkPackage.objects.filter(project=project)
        .select_related("person__calendar", "person__company__calendar")
        .order_by("position", "id")
    )
    rows = PackageLink.objects.filter(project=project).order_by("id")
    return list(packages), [Link(one.before_id, one.after_id, one.lag) for one in rows]


def schedule_project(
    project: Project, packages: Sequence[WorkPackage], links: Sequence[Link]
) -> Plan:
    """Schedule the packages of a project, read with their people's calendars."""
    days = days_of_people(project, packages)
    calendar = workdays_of(project.calendar)
    stocked = stocked_days(project)
    return plan(
        [_task(one, calendar, days, stocked) for one in packages],
        links,
        start=project.begins_on,
        today=today(),
        people=days,
        wanted=project.wanted_on,
        backward=project.backward,
    )


def days_of_people(project: Project, packages: Sequence[WorkPackage]) -> Mapping[int, PersonDays]:
    """Return the days of the people of a project; the hours that it holds of them are free."""
    working = [one for one in packages if one.person and one.state in AHEAD and one.days]
    people: dict[int, Person] = {one.person.pk: one.person for one in working if one.person}
    if not people:
        return {}
    own = {one.reservation_id for one in packages if one.reservation_id is not None}
    since = max(project.begins_on, today())
    return person_days(diary(list(people.values()), since=since, days=HORIZON_DAYS), own=own)


def stocked_days(project: Project) -> dict[int, date]:
    """Return the day from which the stock of each line is reserved."""
    needs = TechnicalNeed.objects.filter(project=project, reservation__isnull=False)
    lines = dict(needs.values_list("reservation_id", "line_id"))
    found: dict[int, date] = {}
    rows = ReservationLine.objects.filter(reservation__in=lines, holds=True, pool__isnull=False)
    for reservation_id, days in rows.values_list("reservation_id", "days"):
        line = lines[reservation_id]
        found[line] = max(found.get(line, days.lower), days.lower)
    return found


def _task(
    package: WorkPackage,
    calendar: Workdays,
    people: Mapping[int, PersonDays],
    stocked: Mapping[int, date],
) -> Task:
    if package.state == PackageState.DROPPED:
        return Task(key=package.pk, days=0, calendar=calendar, started=package.begun_on)
    own = people.get(package.person_id or 0)
    return Task(
        key=package.pk,
        days=package.days,
        calendar=calendar if own else calendar_of(package.person, calendar),
        hours=_hours(package, own) if own else 0,
        people=(package.person_id,) if package.person_id and own else (),
        not_before=package.not_before,
        stocked=stocked.get(package.line_id or 0) if package.kind == Kind.WORK else None,
        promised=package.promised_on,
        started=package.begun_on,
        finished=package.done_on,
    )


def _hours(package: WorkPackage, own: PersonDays) -> float:
    """Return the hours that a task takes of its person: where none are said, the whole days of our
    work, and none of a wait."""
    if package.hours or package.kind == Kind.WAIT or package.party != Party.US:
        return float(package.hours)
    usual = max((hours for hours in own.given if hours), default=0)
    return package.days * max(float(int(usual)), 1.0)
