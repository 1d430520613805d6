"""Reservations of stock and people's hours for order lines, all or nothing.

They are held under the line's source (`orders.actions.reserve_for_line`), so they are released when
it ends. Source: docs/rules/projects.md, "What is reserved".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_UP, Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from opale.delivery.orders.actions.reservations import reserve_for_line
from opale.delivery.orders.models import OrderLine
from opale.delivery.orders.states import CHANGEABLE
from opale.delivery.projects.actions.plans import lock_open_package, lock_project, publish_project
from opale.delivery.projects.models import Project, TechnicalNeed, WorkPackage
from opale.delivery.projects.queries.held_days import packages_off_plan
from opale.delivery.projects.queries.packages import rest_of_needs
from opale.delivery.projects.queries.schedules import plan_of, schedule_project
from opale.infrastructure.models import CapacityPool, Site
from opale.kernel import clock
from opale.kernel.action_steps import update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid
from opale.reservations.actions.reservations import Line, move_reservation
from opale.reservations.models import Reservation
from opale.reservations.states import HOLDING, RELEASE

QUARTER: Final = Decimal("0.25")


def reserve_needs(
    project: Project, pools: Mapping[int, CapacityPool], *, by: Actor, since: date
) -> list[Reservation]:
    """Reserve the quantity of each need in its pool, from a day on and without end, all or nothing.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid, Conflict (a pool has not so much left).
    """
    with attributed(by):
        held = lock_project(project, by=by)
        if not pools:
            raise Invalid(_("Select a pool."))
        rows = TechnicalNeed.objects.filter(project=held, pk__in=pools).select_related(
            "line__order", "line__site", "reservation", "place"
        )
        asked = list(rows.order_by("pk"))
        rest = rest_of_needs(asked)
        needs = [need for need in asked if rest[need.pk]]
        if not needs:
            raise Invalid(_("Everything this project needs is already reserved."))
        for need in needs:
            if pools[need.pk].unit != need.unit:
                raise Invalid(
                    _("“%(need)s” is counted in %(unit)s, but this pool is not.")
                    % {"need": need.title, "unit": need.get_unit_display()}
                )
            require_provider_site(need, pools[need.pk].site)
        made = []
        for line in {need.line_id: need.line for need in needs}.values():
            own = [need for need in needs if need.line_id == line.pk]
            things = tuple(
                Line(pool=pools[need.pk], quantity=rest[need.pk], since=since, until=None)
                for need in own
            )
            reservation = reserve_for_line(line, things, by=by)
            for need in own:
                update_changed(need, {"pool": pools[need.pk], "reservation": reservation})
            made.append(reservation)
        publish_project(held)
    return made


def require_provider_site(need: TechnicalNeed, site: Site | None) -> None:
    """Refuse stock of another site than the one of ours where the line is delivered.

    Errors: Invalid.
    """
    if need.provider_site is not None and site is not None and site != need.provider_site:
        raise Invalid(
            _("“%(need)s” is delivered at %(house)s, but this stock is at %(site)s.")
            % {"need": need.name, "house": need.provider_site.name, "site": site.name}
        )


def reserve_hours(package: WorkPackage, *, by: Actor) -> Reservation:
    """Reserve the hours of a package's person on its planned days, replacing earlier ones.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid, Conflict (the person has not so many left).
    """
    with attributed(by):
        held, row = lock_open_package(package, by=by)
        if row.person is None:
            raise Invalid(person=_("Assign a person first."))
        if row.starts_on is None or row.ends_on is None or not row.hours:
            raise Invalid(hours=_("Enter the hours first."))
        if is_holding(row.reservation) and row.reservation is not None:
            move_reservation(row.reservation, RELEASE, by=by, at=clock.now())
        line = line_of(held, row)
        days = planned_hours(held, row)
        asked = tuple(
            Line(person=row.person, quantity=hours, since=since, until=last + timedelta(days=1))
            for since, last, hours in days
        )
        made = reserve_for_line(line, asked, by=by, source=row.source)
        update_changed(row, {"reservation": made})
        publish_project(held)
    return made


@dataclass(frozen=True, slots=True)
class MovedHours:
    """How many tasks have their hours on the planned days again, and why others do not."""

    moved: int
    refused: tuple[str, ...]


def move_hours(project: Project, *, by: Actor) -> MovedHours:
    """Reserve the hours that are held on other days than planned on the planned ones. A task whose
    person has not so many hours left keeps what it has.

    Errors: NotFound, NotAllowed, IllegalMove (it has ended), Conflict (all hours fit the plan).
    """
    with attributed(by):
        held = lock_project(project, by=by)
        rows = packages_off_plan(held, seen_by=by)
        if not rows:
            raise Conflict(_("All reserved hours are on the planned days."))
        refused = []
        for row in rows:
            try:
                with transaction.atomic():
                    reserve_hours(row, by=by)
            except (Conflict, Invalid) as refusal:
                refused.append(
                    _("“%(task)s”: %(why)s") % {"task": row.title, "why": refusal.sentence}
                )
    return MovedHours(len(rows) - len(refused), tuple(refused))


def planned_hours(project: Project, package: WorkPackage) -> list[tuple[date, date, Decimal]]:
    """Return the first day, the last day and the hours a day that the plan takes of the person;
    where it does not know them so far ahead, the same on each planned day.

    Errors: Invalid.
    """
    found = schedule_project(project, *plan_of(project)).dates[package.pk].stretches
    if found:
        return [(since, last, Decimal(str(hours))) for since, last, hours in found]
    if package.starts_on is None or package.ends_on is None:
        return []
    a_day = package.hours / max(package.days, 1)
    if a_day > 24:
        raise Invalid(hours=_("The hours do not fit in so few days."))
    rounded = (a_day / QUARTER).to_integral_value(rounding=ROUND_UP) * QUARTER
    return [(package.starts_on, package.ends_on, rounded)]


def is_holding(reservation: Reservation | None) -> bool:
    return reservation is not None and reservation.state in HOLDING


def line_of(project: Project, package: WorkPackage) -> OrderLine:
    """Return the order line of a package; packages of the whole project count for the first
    line."""
    rows = OrderLine.objects.select_related("order").filter(order=project.order_id)
    if package.line_id is not None:
        return rows.get(pk=package.line_id)
    line = rows.filter(state__in=CHANGEABLE).order_by("position", "id").first()
    if line is None:
        raise Conflict(_("All order lines are already delivered or cancelled."))
    return line
