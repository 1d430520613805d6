"""Hours that are reserved on other days than their task is planned on.

Source: docs/rules/projects.md, "What is reserved".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.backends.postgresql.psycopg_any import DateRange

from opale.delivery.projects.models import Project, WorkPackage
from opale.delivery.projects.queries.packages import packages_of
from opale.delivery.projects.queries.workdays import today
from opale.kernel.actor import Actor
from opale.reservations.models import ReservationLine
from opale.reservations.states import HOLDING


@dataclass(frozen=True, slots=True)
class HeldDays:
    """The first and last day, from today on, on which hours are reserved for a task."""

    first: date
    last: date


def off_plan(packages: Iterable[WorkPackage]) -> dict[int, HeldDays]:
    """Return the days that are reserved for each task where they no longer fit it: outside of its
    planned days, or for somebody else than does it.
    """
    reserved = {
        one.reservation_id: one
        for one in packages
        if one.ahead and one.reservation is not None and one.reservation.state in HOLDING
    }
    lines = ReservationLine.objects.filter(
        reservation__in=reserved, person__isnull=False, holds=True,
        days__overlap=DateRange(today(), None),
    )  # fmt: skip
    held: dict[int, list[ReservationLine]] = {}
    for line in lines.order_by("pk"):
        held.setdefault(line.reservation_id, []).append(line)
    found = {}
    for key, own in held.items():
        package = reserved[key]
        days = HeldDays(
            max(min(line.since for line in own), today()),
            max(line.last or line.since for line in own),
        )
        if _is_off(package, days) or any(line.person_id != package.person_id for line in own):
            found[package.pk] = days
    return found


def _is_off(package: WorkPackage, held: HeldDays) -> bool:
    if package.starts_on is None or package.ends_on is None:
        return False
    return held.first < package.starts_on or held.last > package.ends_on


def packages_off_plan(project: Project, *, seen_by: Actor) -> list[WorkPackage]:
    """Return the tasks of a project whose hours are reserved on other days, in their order."""
    rows = list(packages_of(project, seen_by=seen_by, ahead=True).filter(reservation__isnull=False))
    off = off_plan(rows)
    return [row for row in rows if row.pk in off]
