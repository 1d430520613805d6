"""Work packages as read by orders and by the planner of people's hours."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db.models import Q, QuerySet

from opale.delivery.projects.models import WORK_PACKAGE, PackageLink, WorkPackage
from opale.delivery.projects.queries.packages import packages, waits_of
from opale.delivery.projects.states import AHEAD, LIVE, PackageState
from opale.delivery.resources.ports import Planned, Work
from opale.delivery.resources.states import OPEN as OPEN_REQUESTS
from opale.kernel.actor import Actor
from opale.planning.workdays import A_DAY
from opale.reservations.states import HOLDING


class PackageReservations:
    """Reservations of work packages, as sources of their order lines.

    Packages of no line belong to the whole project, and are released with every line.
    """

    def sources(self, line_ids: Collection[int]) -> Mapping[str, int]:
        if not line_ids:
            return {}
        first = min(line_ids)
        return {row.source: row.line_id or first for row in _staffed(line_ids).only("line_id")}

    def unfinished(self, line_ids: Collection[int]) -> list[str]:
        return [row.source for row in _staffed(line_ids).filter(state__in=AHEAD).only("pk")]


def _staffed(line_ids: Collection[int]) -> QuerySet[WorkPackage]:
    """Return packages whose hours are reserved or requested."""
    return WorkPackage.objects.filter(
        Q(line__in=line_ids) | Q(line=None, project__order__lines__in=line_ids),
        Q(reservation__isnull=False) | Q(request__isnull=False),
    ).distinct()


def work_between(since: date, until: date, *, seen_by: Actor) -> list[Work]:
    """Return the uncompleted work packages of these days, for the planner of people's hours.

    Hours requested from a team are left out: the planner reads the request.
    """
    rows = (
        packages(seen_by=seen_by)
        .filter(project__state__in=LIVE, state__in=AHEAD, hours__gt=0)
        .filter(starts_on__lt=until, ends_on__gte=since)
        .exclude(request__state__in=OPEN_REQUESTS)
        .exclude(role="", person=None)
        .order_by("project_id", "position", "id")
    )
    found = {row.pk: row for row in rows}
    waits = waits_of(found.values(), seen_by=seen_by)
    return [_work(row, waits.get(row.pk, []), found) for row in found.values()]


def planned_of(sources: Collection[str], *, seen_by: Actor) -> dict[str, Planned]:
    """Return the earliest and the wished days of the work packages among these sources."""
    numbers = (one.removeprefix(WORK_PACKAGE) for one in sources if one.startswith(WORK_PACKAGE))
    ids = [int(number) for number in numbers if number.isdecimal()]
    found = {row.pk: row for row in packages(seen_by=seen_by).filter(pk__in=ids)}
    waits = waits_of(found.values(), seen_by=seen_by)
    told = {}
    for row in found.values():
        work = _work(row, waits.get(row.pk, []), found)
        told[row.source] = Planned(
            not_before=work.not_before, wished=work.wished, after=work.after, fixed=work.fixed
        )
    return told


def _work(row: WorkPackage, waits: Iterable[PackageLink], known: Collection[int]) -> Work:
    """Return a package as planner's work: it follows predecessors that are planned with it, and
    waits for the planned end of others."""
    ends = [
        link.before.ends_on + A_DAY
        for link in waits
        if link.before_id not in known and link.before.ends_on and link.before.ahead
    ]
    holds = row.reservation is not None and row.reservation.state in HOLDING
    return Work(
        key=row.source,
        purpose=f"{row.project.reference} · {row.title}",
        hours=row.hours,
        kind=row.role,
        skill_id=row.skill_id,
        level=max(row.level, 1),
        reservation_id=row.reservation_id if holds else None,
        not_before=max([*ends, *([row.not_before] if row.not_before else [])], default=None),
        wished=row.starts_on,
        after=tuple((link.before.source, link.lag) for link in waits if link.before_id in known),
        fixed=row.state == PackageState.DOING,
    )
