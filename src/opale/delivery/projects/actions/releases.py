"""Release of what completed and dropped packages hold, and its restoration for reopened ones.

Source: docs/rules/projects.md, "What is reserved".
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from opale.delivery.orders.actions.reservations import reserve_for_line
from opale.delivery.projects.actions.reservations import line_of
from opale.delivery.projects.models import Project, WorkPackage
from opale.delivery.projects.queries.workdays import today
from opale.delivery.projects.states import COMPLETE, DROP
from opale.delivery.resources.actions.requests import withdraw_all
from opale.kernel.action_steps import update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed
from opale.kernel.models import StateMove
from opale.kernel.states import moves_of
from opale.reservations.actions.releases import release_all, release_from
from opale.reservations.actions.reservations import Line
from opale.reservations.models import Reservation, ReservationLine
from opale.reservations.states import RELEASE

A_DAY = timedelta(days=1)


def release_packages(packages: Collection[int], *, by: Actor, at: datetime) -> None:
    """Release the hours of dropped packages, and withdraw their resource requests."""
    rows = list(WorkPackage.objects.filter(pk__in=packages))
    withdraw_all([row.request_id for row in rows if row.request_id is not None], by=by, at=at)
    release_all([row.source for row in rows], by=by, at=at)


def release_remaining(done: Mapping[int, date], *, by: Actor, at: datetime) -> None:
    """Release the hours of packages after the day on which they were completed, and withdraw their
    resource requests.

    Units: `done` is the day on which each was done, by package.
    """
    rows = list(WorkPackage.objects.filter(pk__in=done))
    withdraw_all([row.request_id for row in rows if row.request_id is not None], by=by, at=at)
    with attributed(by, reason=_("completed before all reserved hours were used")):
        release_from({row.source: done[row.pk] + A_DAY for row in rows}, by=by, at=at)


def restore_reservation(project: Project, row: WorkPackage, *, by: Actor) -> str:
    """Reserve again, from today on, what was released when a package ended, all or nothing.

    Returns why that failed, in a sentence; "" where all is held or nothing was released.
    """
    lines = _given_back(row)
    if not lines:
        return ""
    with attributed(by):
        try:
            made = reserve_for_line(line_of(project, row), lines, by=by, source=row.source)
        except IllegalMove:
            return _("Its order line is no longer delivered.")
        except (Conflict, Invalid, NotAllowed) as refusal:
            return refusal.sentence
        update_changed(row, {"reservation": made})
    return ""


def _given_back(row: WorkPackage) -> tuple[Line, ...]:
    """Return the lines released when the package ended, for the same person and days still
    ahead."""
    ends = moves_of(WorkPackage, row.pk).filter(move__in=(COMPLETE.name, DROP.name))
    ended = ends.values_list("at", flat=True).last()
    if ended is None:
        return ()
    given_back = Reservation.objects.filter(source=row.source, state=RELEASE.target)
    released = StateMove.objects.filter(
        subject=Reservation._meta.label_lower,
        subject_id__in=given_back.values("pk"),
        move=RELEASE.name,
        at=ended,
    )
    lines = ReservationLine.objects.filter(
        reservation__in=released.values("subject_id"), days__overlap=DateRange(today(), None)
    ).select_related("person", "pool", "item")
    return tuple(
        Line(
            person=line.person,
            pool=line.pool,
            item=line.item,
            unit=line.unit,
            quantity=line.quantity,
            since=max(line.since, today()),
            until=line.last and line.last + A_DAY,
        )
        for line in lines.order_by("pk")
        if line.person_id in (None, row.person_id)
    )
