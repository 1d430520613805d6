"""Decomposition of begun orders into projects, and their update when the order changes.

Source: docs/rules/projects.md, "From an order".
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from opale.customers.models import Customer
from opale.delivery.orders.facts import OrderChanged, OrderMoved
from opale.delivery.orders.models import Order, OrderLine
from opale.delivery.orders.ports import sources_for
from opale.delivery.orders.queries import offering_of
from opale.delivery.orders.states import ENDED, OPEN, OrderState
from opale.delivery.projects.actions.decomposition import content_of, decompose_lines
from opale.delivery.projects.actions.line_changes import apply_line_changes
from opale.delivery.projects.actions.plans import publish_project, replan
from opale.delivery.projects.actions.project_notifications import settle_project
from opale.delivery.projects.actions.releases import release_packages
from opale.delivery.projects.actions.wanted_date import sync_wanted_day, wanted_day
from opale.delivery.projects.facts import ProjectMoved, ProjectOpened
from opale.delivery.projects.models import Deliverable, Project, Size, TechnicalNeed, WorkPackage
from opale.delivery.projects.queries.workdays import today
from opale.delivery.projects.states import (
    AHEAD,
    CANCEL,
    DISCARD,
    DROP,
    FINISH,
    LIVE,
    OUTSTANDING,
    ProjectState,
)
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Unavailable
from opale.kernel.facts import announce
from opale.kernel.states import Move, perform
from opale.organisation.models import Company, WorkingCalendar
from opale.organisation.queries.reference import home_day
from opale.reservations.actions.releases import release_all

SHORT = 120
Action = OrderLine.Action


def sync_with_order(fact: OrderMoved | OrderChanged, by: Actor) -> None:
    """Update the project of an order to the order's present state."""
    sync_project(fact.order_id, by=by, at=fact.at)


def sync_project(order_id: int, *, by: Actor, at: datetime | None = None) -> Project | None:
    """Decompose new lines of a begun order, apply changed ones, drop ended ones, and end the
    project with the order."""
    moment = at or clock.now()
    with attributed(by):
        # Lock the project before its order, as planning and reserving do, so that they cannot
        # deadlock.
        project = _project_of(order_id)
        order = (
            Order.objects.select_for_update(of=("self",))
            .select_related("customer")
            .filter(pk=order_id)
            .first()
        )
        if order is None:
            return None
        project = project or _project_of(order_id)
        if order.state == OrderState.IN_PROGRESS:
            project = _decompose(order, project, by=by, at=moment)
        if project is None or project.state not in LIVE:
            return project
        rows = OrderLine.objects.select_related("offering", "service__offering")
        lines = list(rows.filter(order=order).order_by("position", "id"))
        apply_line_changes(project, [one for one in lines if one.state in OPEN], by=by, at=moment)
        _drop_lines(project, [one for one in lines if _not_delivered(one)], by=by, at=moment)
        if order.state in ENDED:
            done = order.state in (OrderState.COMPLETED, OrderState.PARTIAL)
            _end(project, FINISH if done else CANCEL, by=by, at=moment)
        else:
            sync_wanted_day(project, order, lines)
            replan(project, by=by)
    return project


def _project_of(order_id: int) -> Project | None:
    rows = Project.objects.select_for_update(of=("self",)).select_related("calendar")
    return rows.filter(order=order_id).first()


def _decompose(order: Order, project: Project | None, *, by: Actor, at: datetime) -> Project | None:
    rows = OrderLine.objects.filter(order=order, state__in=OPEN).exclude(action=Action.NO_CHANGE)
    lines = list(rows.select_related("offering", "service__offering").order_by("position", "id"))
    if project is not None:
        known = set(WorkPackage.objects.filter(project=project).values_list("line_id", flat=True))
        lines = [line for line in lines if line.pk not in known]
        if project.state not in LIVE:
            return project
    if not lines or order.customer is None:
        return project
    contents = {line.pk: content_of(line) for line in lines}
    large = any(content.size == "project" for content in contents.values())
    if project is None:
        project = _open(order, order.customer, lines, large=large, at=at)
        announce(
            ProjectOpened(
                project_id=project.pk,
                order_id=order.pk,
                customer_id=order.customer.pk,
                at=at,
            ),
            by=by,
        )
    elif large and project.express:
        project.size = Size.PROJECT
        project.save(update_fields=["size"])
    decompose_lines(project, lines, contents, by=by)
    return project


def _open(
    order: Order, customer: Customer, lines: Sequence[OrderLine], *, large: bool, at: datetime
) -> Project:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('projects_project_number')")
        number = int(cursor.fetchone()[0])
    wanted = wanted_day(order, lines)
    return Project.objects.create(
        number=number,
        order=order,
        customer=customer,
        name=_name(order, lines, french=customer.language == "fr"),
        size=Size.PROJECT if large else Size.EXPRESS,
        calendar=_home_calendar(),
        begins_on=max(today(), home_day(at)),
        wanted_on=wanted,
        ordered_on=wanted,
        opened_at=at,
    )


def _name(order: Order, lines: Sequence[OrderLine], *, french: bool) -> str:
    """Return the project's name: the first sentence of the order's description, else its
    subject."""
    said = order.description.strip().splitlines()
    if said:
        first = said[0].split(". ")[0].rstrip(".")
        return first if len(first) <= SHORT else f"{first[: SHORT - 1].rstrip()}…"
    names = []
    for line in lines:
        offering = offering_of(line)
        if offering is not None:
            name = offering.name_fr if french else offering.name_en
            if name not in names:
                names.append(name)
    return " · ".join(names)[:200] or order.reference


def _home_calendar() -> WorkingCalendar:
    """Return the working calendar of the company that operates. Errors: Unavailable."""
    home = Company.objects.filter(operates=True).select_related("calendar").first()
    if home is None:
        raise Unavailable(timedelta(minutes=1), _("No operating company is set for this service."))
    return home.calendar


def _not_delivered(line: OrderLine) -> bool:
    return line.state in ENDED and line.state != OrderState.COMPLETED


def _drop_lines(project: Project, lines: Collection[OrderLine], *, by: Actor, at: datetime) -> None:
    """Drop the work of ended lines; the order released their reservations."""
    rows = WorkPackage.objects.filter(project=project, line__in=lines, state__in=AHEAD)
    ids = list(rows.values_list("pk", flat=True))
    if ids:
        perform(DROP, WorkPackage.objects.filter(pk__in=ids), by=by, at=at)
        release_packages(ids, by=by, at=at)
    due = Deliverable.objects.filter(
        project=project, package__line__in=lines, state__in=OUTSTANDING
    )
    results = list(due.values_list("pk", flat=True))
    if results:
        perform(DISCARD, Deliverable.objects.filter(pk__in=results), by=by, at=at)
    TechnicalNeed.objects.filter(project=project, line__in=lines).delete()
    # An earlier offer no longer leads to a reservation.
    ids = [line.pk for line in lines]
    release_all([*(line.source for line in lines), *sources_for(ids)], by=by, at=at)


def _end(project: Project, move: Move, *, by: Actor, at: datetime) -> None:
    """End the project with its order, and drop the work ahead."""
    ahead = list(
        WorkPackage.objects.filter(project=project, state__in=AHEAD).values_list("pk", flat=True)
    )
    if ahead:
        perform(DROP, WorkPackage.objects.filter(pk__in=ahead), by=by, at=at)
        release_packages(ahead, by=by, at=at)
    due = list(
        Deliverable.objects.filter(project=project, state__in=OUTSTANDING).values_list(
            "pk", flat=True
        )
    )
    if due:
        perform(DISCARD, Deliverable.objects.filter(pk__in=due), by=by, at=at)
    rows = Project.objects.filter(pk=project.pk)
    if move is FINISH and project.state == ProjectState.PREPARING:
        move = Move(FINISH.name, LIVE, ProjectState.DONE, FINISH.right)
    perform(move, rows, by=by, at=at, ended_at=at, next_package=None, waits_for="", late_by=0)
    project.refresh_from_db()
    settle_project(project, by=by)
    announce_project_move(project, by=by, at=at)


def announce_project_move(project: Project, *, by: Actor, at: datetime) -> None:
    publish_project(project)
    announce(
        ProjectMoved(
            project_id=project.pk,
            order_id=project.order_id,
            customer_id=project.customer_id,
            state=project.state,
            at=at,
        ),
        by=by,
    )
