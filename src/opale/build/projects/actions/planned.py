"""Work packages for the planner of people's hours: what is to be done, and who takes it.

Source: docs/rules/projects.md, "What is reserved".
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from opale.build.orders.actions import reserve_for_line
from opale.build.projects import queries
from opale.build.projects.actions.planning import hold_ahead, replan
from opale.build.projects.actions.reserving import holds, line_of
from opale.build.projects.models import WORK_PACKAGE
from opale.build.resources.ports import Planned, PlannedDays, Work
from opale.kernel.acting import acting
from opale.kernel.actor import Actor
from opale.kernel.errors import Conflict, NotFound
from opale.kernel.writing import amend
from opale.organisation.models import Person
from opale.reservations.actions import Line


class WorkPackages:
    """The room of projects, as the planner sees it."""

    prefix = WORK_PACKAGE

    def open_work(self, *, seen_by: Actor, since: date, until: date) -> Sequence[Work]:
        return queries.work_between(since, until, seen_by=seen_by)

    def planned(self, sources: Collection[str], *, seen_by: Actor) -> Mapping[str, Planned]:
        return queries.planned_of(sources, seen_by=seen_by)

    def take(self, key: str, person: Person, days: PlannedDays, *, by: Actor) -> None:
        number = key.removeprefix(WORK_PACKAGE)
        if not number.isdecimal():
            raise NotFound
        package = queries.get_package(int(number), seen_by=by)
        with acting(by):
            held, row = hold_ahead(package, by=by)
            if holds(row.reservation):
                raise Conflict(_("Hours are reserved for this work package by now."))
            lines = tuple(
                Line(
                    person=person,
                    quantity=Decimal(str(hours)),
                    since=first,
                    until=last + timedelta(days=1),
                )
                for first, last, hours in days
            )
            made = reserve_for_line(line_of(held, row), lines, by=by, source=row.source)
            amend(row, {"person": person, "reservation": made})
            replan(held)
