"""Queries of work packages, their dependencies and needs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from django.db.models import Prefetch, QuerySet

from opale.delivery.projects.models import (
    PackageLink,
    Project,
    ProjectsQuerySet,
    TechnicalNeed,
    WorkPackage,
)
from opale.delivery.projects.states import AHEAD, PackageState
from opale.infrastructure.models import CapacityPool, ConfigurationItem, Supplier
from opale.infrastructure.queries.suppliers import suppliers
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.reservations.models import ReservationLine
from opale.reservations.queries.units import FreeRange, ReservedThing, free_ranges, reserved_things
from opale.reservations.states import HOLDING

KINDS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "U": (ConfigurationItem.Kind.RACK,),
    "port": (ConfigurationItem.Kind.SWITCH, ConfigurationItem.Kind.ROUTER),
}
"""The kinds of items that have the units of a need, by the unit that it is counted in."""


def packages(*, seen_by: Actor) -> ProjectsQuerySet[WorkPackage]:
    return WorkPackage.objects.visible_to(seen_by).select_related(
        "project__customer", "person__company", "skill", "line", "reservation", "request"
    )


def packages_of(
    project: Project, *, seen_by: Actor, critical: bool = False, ahead: bool = False
) -> ProjectsQuerySet[WorkPackage]:
    """Return the packages in their order, without dropped ones. With `critical`, only those that
    decide the end."""
    found = packages(seen_by=seen_by).filter(project=project).exclude(state=PackageState.DROPPED)
    if critical:
        found = found.filter(critical=True)
    return found.filter(state__in=AHEAD) if ahead else found


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
    for link in links.select_related("before").order_by("before__position", "id"):
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
        .select_related("project", "line", "pool", "reservation", "place")
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
    site_id = item.site_id if item else need.pool.site_id if need.pool else None
    return free_ranges(
        kinds, int(need.quantity), seen_by=seen_by, since=since, site_id=site_id, first=item
    )


def pools_in(unit: str) -> QuerySet[CapacityPool]:
    """Return the pools that are counted in this unit."""
    return CapacityPool.objects.filter(unit=unit).order_by("name")


def carriers(*, seen_by: Actor) -> QuerySet[Supplier]:
    return suppliers(seen_by=seen_by, kind=Supplier.Kind.CARRIER)
