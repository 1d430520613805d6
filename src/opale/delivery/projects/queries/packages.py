"""Queries of work packages, their dependencies and needs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db.models import Count, Max, Min, Prefetch, Q, QuerySet, Sum

from opale.delivery.projects.models import (
    PackageLink,
    Project,
    ProjectsQuerySet,
    TechnicalNeed,
    WorkPackage,
)
from opale.delivery.projects.states import AHEAD, PackageState
from opale.infrastructure.domain.units import Unit
from opale.infrastructure.models import CapacityPool, ConfigurationItem, Supplier
from opale.infrastructure.queries.suppliers import suppliers
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.reservations.models import ReservationLine
from opale.reservations.queries.units import FreeRange, ReservedThing, free_ranges, reserved_things
from opale.reservations.states import HOLDING

KINDS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    Unit.RACK_UNIT: (ConfigurationItem.Kind.RACK,),
    Unit.PORT: (ConfigurationItem.Kind.SWITCH, ConfigurationItem.Kind.ROUTER),
}
"""The kinds of items that have the units of a need, by the unit that it is counted in."""


def packages(*, seen_by: Actor) -> ProjectsQuerySet[WorkPackage]:
    return WorkPackage.objects.visible_to(seen_by).select_related(
        "project__customer",
        "person__company",
        "skill",
        "reservation",
        "request",
        "line__site",
        "line__offering",
        "line__service",
    )


def packages_of(
    project: Project,
    *,
    seen_by: Actor,
    critical: bool = False,
    ahead: bool = False,
    site_id: int | None = None,
) -> ProjectsQuerySet[WorkPackage]:
    """Return the packages in their order, without dropped ones. With `critical`, only those that
    decide the end; with `site_id`, those of lines delivered there."""
    found = packages(seen_by=seen_by).filter(project=project).exclude(state=PackageState.DROPPED)
    if critical:
        found = found.filter(critical=True)
    if site_id is not None:
        found = found.filter(line__site=site_id)
    return found.filter(state__in=AHEAD) if ahead else found


@dataclass(frozen=True, slots=True)
class LineProgress:
    """How far the tasks of an order line are, or those of the whole project (line None), and the
    site where the line is delivered."""

    line_id: int | None
    site_id: int | None
    site_name: str | None
    total: int
    done: int
    starts_on: date | None
    ends_on: date | None

    @classmethod
    def of(cls, only: WorkPackage) -> "LineProgress":
        """Return that of a line whose first task came after the lines were counted."""
        done = only.state == PackageState.DONE
        return cls(only.line_id, None, None, 1, int(done), only.starts_on, only.ends_on)


def progress_of_lines(project: Project, *, seen_by: Actor) -> dict[int | None, LineProgress]:
    """Return the progress of each order line of a project that has tasks, dropped ones aside, in
    the order of the lines."""
    rows = WorkPackage.objects.visible_to(seen_by).filter(project=project)
    counted = (
        rows.exclude(state=PackageState.DROPPED)
        .order_by("line__position", "line_id")
        .values_list("line_id", "line__site_id", "line__site__name")
        .annotate(
            total=Count("pk"),
            done=Count("pk", filter=Q(state=PackageState.DONE)),
            first=Min("starts_on"),
            last=Max("ends_on"),
        )
    )
    return {row[0]: LineProgress(*row) for row in counted}


def get_package(package_id: int, *, seen_by: Actor, project: Project | None = None) -> WorkPackage:
    """Errors: NotFound."""
    rows = packages(seen_by=seen_by).filter(pk=package_id)
    found = (rows.filter(project=project) if project else rows).first()
    if found is None:
        raise NotFound
    return found


def waits_of(rows: Iterable[WorkPackage], *, seen_by: Actor) -> Mapping[int, list[PackageLink]]:
    """Return the links to the predecessors of each of these packages."""
    found: dict[int, list[PackageLink]] = defaultdict(list)
    links = PackageLink.objects.visible_to(seen_by).filter(after__in=list(rows))
    for link in links.select_related("before__line__site").order_by("before__position", "id"):
        found[link.after_id].append(link)
    return found


def links_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[PackageLink]:
    return PackageLink.objects.visible_to(seen_by).filter(project=project)


def packages_of_leavers(project: Project, *, seen_by: Actor) -> list[WorkPackage]:
    """Return the uncompleted packages of people who left the company."""
    return list(
        packages_of(project, seen_by=seen_by, ahead=True).filter(person__left_on__isnull=False)
    )


def needs_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[TechnicalNeed]:
    """Return the needs with their reservations and named units."""
    units = ReservationLine.objects.select_related("item").order_by("id")
    return (
        TechnicalNeed.objects.visible_to(seen_by)
        .filter(project=project)
        .select_related("project", "line__site", "pool", "reservation", "place")
        .prefetch_related(Prefetch("place__lines", queryset=units))
    )


def get_need(need_id: int, *, seen_by: Actor, project: Project) -> TechnicalNeed:
    """Errors: NotFound."""
    found = needs_of(project, seen_by=seen_by).filter(pk=need_id).first()
    if found is None:
        raise NotFound
    return found


def place_of(need: TechnicalNeed) -> list[ReservedThing]:
    """Return the named units held for a need; none once the reservation has ended."""
    if need.place is None or need.place.state not in HOLDING:
        return []
    return reserved_things(need.place.lines.all())


def rooms_for(need: TechnicalNeed, *, seen_by: Actor, since: date) -> list[FreeRange]:
    """Return ranges with enough free neighbouring units for a need, those beside its present ones
    first."""
    kinds = KINDS_OF.get(need.unit, ())
    whole = need.quantity == need.quantity.to_integral_value()
    if not kinds or not whole:
        return []
    had = place_of(need)
    item = had[0].item if had else None
    return free_ranges(
        kinds,
        int(need.quantity),
        seen_by=seen_by,
        since=since,
        site_id=_site_for_units(need, item),
        first=item,
        besides=_besides(need),
    )


def _besides(need: TechnicalNeed) -> dict[str, Decimal]:
    """Return what else the line of a need needs, by unit."""
    others = TechnicalNeed.objects.filter(line=need.line_id, project=need.project_id)
    totals = others.exclude(unit=need.unit).values_list("unit").annotate(total=Sum("quantity"))
    return dict(totals)


def _site_for_units(need: TechnicalNeed, item: ConfigurationItem | None) -> int | None:
    """Return the site where units are offered: that of the line, else of what is held for it."""
    if need.provider_site is not None:
        return need.provider_site.pk
    if item is not None:
        return item.site_id
    return need.pool.site_id if need.pool is not None else None


def rest_of_needs(needs: Iterable[TechnicalNeed]) -> dict[int, Decimal]:
    """Return of each need how much neither a pool nor named units hold."""
    rows = list(needs)
    named = {row.pk: place_of(row) for row in rows}
    items = {one.item.pk for place in named.values() for one in place if one.item}
    counted = set(CapacityPool.objects.filter(item__in=items).values_list("item_id", "unit"))
    found = {}
    for row in rows:
        lines = row.place.lines.all() if named[row.pk] and row.place is not None else ()
        count = sum((line.item_id, row.unit) in counted for line in lines)
        holds = row.reservation is not None and row.reservation.state in HOLDING
        found[row.pk] = Decimal(0) if holds else max(row.quantity - count, Decimal(0))
    return found


def pools_for(needs: Iterable[TechnicalNeed]) -> dict[int, list[CapacityPool]]:
    """Return the pools that can meet each need, counted in its unit.

    A line with a location takes all from the pools of its item, where the item has them; another
    one of whole trees: of the site of ours where it is delivered, or of none.
    """
    rows = list(needs)
    places: dict[int, list[ConfigurationItem]] = defaultdict(list)
    for row in rows:
        places[row.line_id] += [one.item for one in place_of(row) if one.item]
    pools = CapacityPool.objects.filter(unit__in={row.unit for row in rows}).order_by("name")
    known = list(pools.select_related("site"))
    found = {}
    for row in rows:
        own = [pool for pool in known if pool.unit == row.unit]
        items = {item.pk for item in places[row.line_id]}
        found[row.pk] = [pool for pool in own if pool.item_id in items] or [
            pool
            for pool in own
            if pool.parent_id is None
            and (row.provider_site is None or pool.site in (row.provider_site, None))
        ]
    return found


def default_pool(need: TechnicalNeed, offered: Sequence[CapacityPool]) -> CapacityPool | None:
    """Return the pool that alone can meet a need, at the site of its line or its location."""
    known = need.provider_site is not None or any(pool.item_id for pool in offered)
    return offered[0] if known and len(offered) == 1 else None


def carriers(*, seen_by: Actor) -> QuerySet[Supplier]:
    return suppliers(seen_by=seen_by, kind=Supplier.Kind.CARRIER)
