"""Queries of promises and slips."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from opale.delivery.projects.models import (
    Baseline,
    CarrierPromise,
    Project,
    ProjectsQuerySet,
    Slip,
    WorkPackage,
)
from opale.delivery.projects.queries.packages import links_of, packages_of
from opale.delivery.projects.queries.workdays import workdays_of
from opale.kernel.actor import Actor


def baselines_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[Baseline]:
    return Baseline.objects.visible_to(seen_by).filter(project=project)


def last_baseline(project: Project, *, seen_by: Actor) -> Baseline | None:
    return baselines_of(project, seen_by=seen_by).order_by("-number").first()


def slips_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[Slip]:
    return (
        Slip.objects.visible_to(seen_by)
        .filter(project=project)
        .select_related("package__line__site")
    )


def carrier_promises_of(project: Project, *, seen_by: Actor) -> ProjectsQuerySet[CarrierPromise]:
    rows = CarrierPromise.objects.visible_to(seen_by).filter(package__project=project)
    return rows.select_related("package__line__site", "supplier")


def unexplained_since(
    project: Project, package: WorkPackage, baseline: Baseline | None = None
) -> date | None:
    """Return the day after which a package's slip has no cause yet; None if it is explained."""
    frozen_plan = baseline or Baseline.objects.filter(project=project).order_by("-number").first()
    frozen = frozen_plan.dates_of(package.pk) if frozen_plan else None
    if frozen_plan is None or frozen is None or package.ends_on is None:
        return None
    said = Slip.objects.filter(package=package, said_at__gte=frozen_plan.made_at).aggregate(
        last=Max("now_on")
    )["last"]
    since = max(date.fromisoformat(frozen[1]), said or date.min)
    return since if package.ends_on > since else None


@dataclass(frozen=True, slots=True)
class LatePackage:
    """A package that ends later than in the last baseline; `unsaid`: no cause is recorded."""

    package: WorkPackage
    was_on: date
    days: int
    unsaid: bool


def late_packages(project: Project, *, seen_by: Actor) -> list[LatePackage]:
    """Return the packages that slipped themselves, not those that only wait for late ones."""
    baseline = last_baseline(project, seen_by=seen_by)
    if baseline is None:
        return []
    calendar = workdays_of(project.calendar)
    rows = list(packages_of(project, seen_by=seen_by))
    later: dict[int, tuple[date, date]] = {}
    for row in rows:
        frozen = baseline.dates_of(row.pk)
        if frozen and row.ends_on and row.ends_on > date.fromisoformat(frozen[1]):
            later[row.pk] = (date.fromisoformat(frozen[1]), row.ends_on)
    before = defaultdict(list)
    for link in links_of(project, seen_by=seen_by).filter(after__in=later):
        before[link.after_id].append(link.before_id)
    said = dict(
        Slip.objects.filter(project=project, said_at__gte=baseline.made_at)
        .values_list("package_id")
        .annotate(last=Max("now_on"))
    )
    found = []
    for row in rows:
        if row.pk not in later or any(pk in later for pk in before[row.pk]):
            continue
        was, ends = later[row.pk]
        unsaid = ends > max(was, said.get(row.pk) or date.min)
        found.append(LatePackage(row, was, max(calendar.count(was, ends), 1), unsaid))
    return found
