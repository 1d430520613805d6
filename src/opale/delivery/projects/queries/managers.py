"""Project managers with what they lead, candidates for a project, and the seniority required."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from opale.delivery.orders.models import OrderLine
from opale.delivery.projects.models import Project, Weather
from opale.delivery.projects.queries import default_templates
from opale.delivery.projects.queries.workdays import today
from opale.delivery.projects.states import LIVE
from opale.kernel.actor import Actor
from opale.organisation.models import Person, PersonQuerySet
from opale.organisation.queries.people import people
from opale.reservations.queries.load import Load, load_of, monday_of, with_calendars
from opale.reservations.rights import READ as SEE_LOAD

S = Person.Seniority
LEADERS: Final = "project_manager"
"""The function of people who lead projects."""


def required_seniority(project: Project) -> str:
    """Return the required seniority: senior where one of the families requires it."""
    rows = OrderLine.objects.filter(order=project.order_id).values_list(
        "offering__family", "service__offering__family"
    )
    families = {family for pair in rows for family in pair if family}
    return S.SENIOR if families & default_templates.SENIOR_FOR else S.JUNIOR


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible project manager, whether the policy fits, and the number of projects led now."""

    person: Person
    fits: bool
    running: int


def candidates(project: Project, *, seen_by: Actor) -> list[Candidate]:
    """Return the project managers, those who fit first, then those with the fewest projects."""
    fitting = default_templates.FITS[required_seniority(project)]
    led = Count("projects_led", filter=Q(projects_led__state__in=LIVE), distinct=True)
    rows = people(seen_by=seen_by, function=LEADERS)
    running = dict(rows.annotate(running=led).values_list("pk", "running"))
    found = [Candidate(one, one.seniority in fitting, running.get(one.pk, 0)) for one in rows]
    return sorted(found, key=lambda one: (not one.fits, one.running, one.person.name))


SOON: Final = timedelta(days=30)
"""What ends within so many days counts as ending soon."""
LOAD_WEEKS: Final = 8


def project_managers(*, seen_by: Actor, text: str = "") -> PersonQuerySet:
    """Return present people with the function, and whoever leads an open project, annotated with
    the numbers of open projects of theirs that the actor sees: `open_count`, `storm_count`,
    `cloud_count`, `soon_count`."""
    led = Project.objects.visible_to(seen_by).filter(manager=OuterRef("pk"), state__in=LIVE)
    holders = people(seen_by=seen_by, function=LEADERS).order_by().values("pk")
    found = people(seen_by=seen_by, text=text, left=True).filter(Q(pk__in=holders) | Exists(led))
    soon = today() + SOON
    return found.annotate(
        open_count=_counted(led),
        storm_count=_counted(led, weather=Weather.STORM),
        cloud_count=_counted(led, weather=Weather.CLOUD),
        soon_count=_counted(led, ends_on__lte=soon),
    )


def _counted(led: QuerySet[Project], **conditions: object) -> Coalesce:
    rows = led.filter(**conditions).order_by().values("manager").annotate(counted=Count("pk"))
    return Coalesce(Subquery(rows.values("counted"), output_field=IntegerField()), 0)


@dataclass(frozen=True, slots=True)
class ManagerLine:
    """A manager and the weeks from this one on; none for who may not see the load of people."""

    person: Person
    weeks: tuple[Load, ...]

    def share(self, weeks: int) -> int | None:
        """Return the booked part of the available hours of so many weeks, in per cent."""
        return share_of(self.weeks[:weeks])


def share_of(weeks: Sequence[Load]) -> int | None:
    """Return the booked part of the available hours, in per cent; None where there are none."""
    available = sum((one.available for one in weeks), Decimal(0))
    booked = sum((one.booked for one in weeks), Decimal(0))
    return int(booked * 100 / available) if available else None


def with_load(rows: Sequence[Person], seen_by: Actor) -> list[ManagerLine]:
    """Return the managers in their order, with their load of the next weeks, in few queries."""
    if not seen_by.can(SEE_LOAD):
        return [ManagerLine(person, ()) for person in rows]
    held = with_calendars(Person.objects.visible_to(seen_by)).in_bulk([row.pk for row in rows])
    found = load_of(held.values(), since=monday_of(today()), weeks=LOAD_WEEKS)
    weeks = {row.person.pk: row.weeks for row in found.rows}
    return [ManagerLine(person, weeks.get(person.pk, ())) for person in rows]
