"""Work packages as a work source of the planner of people's hours.

Source: docs/rules/projects.md, "What is reserved".
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from opale.delivery.orders.actions.reservations import reserve_for_line
from opale.delivery.projects.actions.plans import lock_open_package, replan
from opale.delivery.projects.actions.reservations import is_holding, line_of
from opale.delivery.projects.models import WORK_PACKAGE
from opale.delivery.projects.queries import packages, planner_source
from opale.delivery.resources.ports import Planned, PlannedDays, Work
from opale.kernel.action_steps import update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, NotFound
from opale.organisation.models import Person
from opale.reservations.actions.reservations import Line


class WorkPackages:
    """The work source of projects."""

    prefix = WORK_PACKAGE

    def open_work(self, *, seen_by: Actor, since: date, until: date) -> Sequence[Work]:
        return planner_source.work_between(since, until, seen_by=seen_by)

    def planned(self, sources: Collection[str], *, seen_by: Actor) -> Mapping[str, Planned]:
        return planner_source.planned_of(sources, seen_by=seen_by)

    def take(self, key: str, person: Person, days: PlannedDays, *, by: Actor) -> None:
        number = key.removeprefix(WORK_PACKAGE)
        if not number.isdecimal():
            raise NotFound
        package = packages.get_package(int(number), seen_by=by)
        with attributed(by):
            held, row = lock_open_package(package, by=by)
            if is_holding(row.reservation):
                raise Conflict(_("Hours are already reserved for this task."))
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
            update_changed(row, {"person": person, "reservation": made})
            replan(held, by=by)
