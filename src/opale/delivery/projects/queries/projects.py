"""Queries of projects: search, counts and links."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from opale.customers.models import Customer
from opale.delivery.projects.models import Project, ProjectsQuerySet, Weather
from opale.delivery.projects.states import LIVE
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound

LONGEST_NUMBER: Final = 18


def projects(
    *,
    seen_by: Actor,
    text: str = "",
    state: str = "",
    size: str = "",
    weather: str = "",
    waits_for: str = "",
    manager_id: int | None = None,
) -> ProjectsQuerySet[Project]:
    """Return projects that match words of their number, name, customer or order; `state` may be
    `live`."""
    found = Project.objects.visible_to(seen_by).select_related(
        "customer", "manager", "order", "next_package__line__site", "calendar"
    )
    exact = {"size": size, "weather": weather, "waits_for": waits_for, "manager_id": manager_id}
    found = found.filter(
        **{name: value for name, value in exact.items() if value not in ("", None)}
    )
    if state == "live":
        found = found.filter(state__in=LIVE)
    elif state:
        found = found.filter(state=state)
    for word in text.split():
        named = (
            Q(name__unaccent__icontains=word)
            | Q(customer__name__unaccent__icontains=word)
            | Q(customer__code__iexact=word)
            | Q(manager__name__unaccent__icontains=word)
            | Q(order__external_id__iexact=word)
        )
        for prefix, column in (("P-", "number"), ("O-", "order__number")):
            number = word.upper().removeprefix(prefix)
            if number.isdecimal() and len(number) <= LONGEST_NUMBER:
                named |= Q(**{column: int(number)})
        found = found.filter(named)
    return found


def get_project(number: int, *, seen_by: Actor) -> Project:
    """Return a project. Errors: NotFound, whether hidden or missing."""
    found = projects(seen_by=seen_by).filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def project_of_order(order_number: int, *, seen_by: Actor) -> Project | None:
    return projects(seen_by=seen_by).filter(order__number=order_number).first()


def stormy_projects(actor: Actor) -> QuerySet[Project]:
    """Return the live projects that will miss their promise, for the rail."""
    return Project.objects.visible_to(actor).filter(state__in=LIVE, weather=Weather.STORM)


def count_live_projects(customer_ids: Collection[int], seen_by: Actor) -> dict[int, int]:
    """Count the live projects of each of these customers."""
    rows = Project.objects.visible_to(seen_by).filter(customer__in=customer_ids, state__in=LIVE)
    return dict(rows.order_by().values_list("customer_id").annotate(counted=Count("pk")))


def live_projects_url(customer: Customer) -> str:
    """Return the address of a customer's live projects."""
    return f"{reverse('projects_list')}?{urlencode({'q': customer.code})}"


@dataclass(frozen=True, slots=True)
class PortfolioCounts:
    """Key figures of the portfolio."""

    live: int
    storm: int
    cloud: int
    sun: int
    unled: int


def portfolio_counts(*, seen_by: Actor) -> PortfolioCounts:
    rows = Project.objects.visible_to(seen_by).filter(state__in=LIVE)
    found = rows.aggregate(
        live=Count("pk"),
        storm=Count("pk", filter=Q(weather=Weather.STORM)),
        cloud=Count("pk", filter=Q(weather=Weather.CLOUD)),
        sun=Count("pk", filter=Q(weather=Weather.SUN)),
        unled=Count("pk", filter=Q(manager=None)),
    )
    return PortfolioCounts(**found)
