"""Items of a manager's projects that need attention, the nearest day first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final, Literal

from django.db.models import Count, F, Max, Q
from django.db.models.functions import Coalesce
from django.utils.timezone import localtime

from opale.delivery.projects.domain.health import committed_day
from opale.delivery.projects.models import ActionItem, Deliverable, Party, Project, WorkPackage
from opale.delivery.projects.queries.held_days import off_plan
from opale.delivery.projects.queries.packages import packages
from opale.delivery.projects.queries.projects import projects
from opale.delivery.projects.queries.workdays import today
from opale.delivery.projects.states import AHEAD, LIVE, DeliverableState
from opale.delivery.resources.models import ResourceRequest
from opale.delivery.resources.queries.requests import requests
from opale.delivery.resources.states import WAITS_FOR_ASKER, RequestState
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.reservations.models import Reservation
from opale.reservations.queries.reservations import expiring_reservations

Kind = Literal[
    "promise", "late", "milestone", "wish", "expiry", "answer", "deliverable", "action", "hours"
]  # fmt: skip
ORDER: Final[tuple[Kind, ...]] = (
    "promise", "late", "milestone", "wish", "expiry", "answer", "deliverable", "action", "hours",
)  # fmt: skip
EXPIRES_WITHIN: Final = timedelta(days=3)
OF_EACH: Final = 20


@dataclass(frozen=True, slots=True)
class AttentionItem:
    """One item that needs attention, since or until a day. One of the rows is set.

    `days` is how much later than promised a project or milestone is, or how many tasks have their
    hours elsewhere.
    """

    kind: Kind
    on: date
    project: Project | None = None
    package: WorkPackage | None = None
    deliverable: Deliverable | None = None
    action: ActionItem | None = None
    request: ResourceRequest | None = None
    reservation: Reservation | None = None
    days: int = 0


def attention_items(*, seen_by: Actor) -> list[AttentionItem]:
    """Return the items of live projects that the actor leads, and of the actor's requests and
    reservations.

    These are carrier promises for today or earlier, projects that end after the customer's date,
    milestones later than promised, a changed
    wanted day after a promise, tentative reservations that expire in three days, answers of teams,
    deliverables to be accepted, due action items, and hours reserved on other days than planned.
    The nearest day first.
    """
    if seen_by.person_id is None:
        return []
    found = [
        *_promises(seen_by),
        *_milestones(seen_by),
        *_wishes(seen_by),
        *_expiring(seen_by),
        *_answers(seen_by),
        *_deliverables(seen_by),
        *_due(seen_by),
        *_hours(seen_by),
    ]
    return sorted(found, key=lambda one: (one.on, ORDER.index(one.kind)))


def waiting_counts(*, seen_by: Actor) -> dict[Party, int]:
    """Count the live projects that the actor leads, by the party that they wait for."""
    if seen_by.person_id is None:
        return {}
    rows = projects(seen_by=seen_by, state="live", manager_id=seen_by.person_id)
    counted = rows.exclude(waits_for="").order_by().values_list("waits_for")
    return {Party(party): n for party, n in counted.annotate(counted=Count("pk"))}


def _promises(by: Actor) -> Iterator[AttentionItem]:
    rows = packages(seen_by=by).filter(
        project__manager=by.person_id,
        project__state__in=LIVE,
        state__in=AHEAD,
        party=Party.CARRIER,
        promised_on__lte=today(),
    )
    for row in rows.order_by("promised_on", "pk")[:OF_EACH]:
        if row.promised_on is not None:
            yield AttentionItem("promise", row.promised_on, project=row.project, package=row)


def _milestones(by: Actor) -> Iterator[AttentionItem]:
    """Yield the projects that end after the customer's date, and the next milestones of others that
    are later than promised."""
    rows = projects(seen_by=by, state="live", manager_id=by.person_id)
    late = rows.filter(
        Q(next_package__ends_on__gt=F("next_was_on"))
        | Q(ends_on__gt=Coalesce(F("promised_on"), F("wanted_on")))
    )
    for project in late.order_by("next_package__ends_on", "pk")[:OF_EACH]:
        upcoming, was = project.next_package, project.next_was_on
        until = committed_day(project.promised_on, project.wanted_on)
        if project.days_late and until is not None:
            yield AttentionItem("late", until, project=project, days=project.days_late)
        elif upcoming is not None and upcoming.ends_on is not None and was is not None:
            days = (upcoming.ends_on - was).days
            yield AttentionItem("milestone", was, project=project, package=upcoming, days=days)


def _wishes(by: Actor) -> Iterator[AttentionItem]:
    rows = projects(seen_by=by, state="live", manager_id=by.person_id)
    other = rows.filter(promised_on__isnull=False, ordered_on__isnull=False).exclude(
        Q(wanted_on__isnull=False) & Q(wanted_on=F("ordered_on"))
    )
    for project in other.order_by("ordered_on", "pk")[:OF_EACH]:
        if project.wish is not None:
            yield AttentionItem("wish", project.wish, project=project)


def _expiring(by: Actor) -> Iterator[AttentionItem]:
    rows = expiring_reservations(by).filter(expires_at__lte=clock.now() + EXPIRES_WITHIN)
    for row in rows.select_related("customer").order_by("expires_at", "pk")[:OF_EACH]:
        if row.expires_at is not None:
            yield AttentionItem("expiry", localtime(row.expires_at).date(), reservation=row)


def _answers(by: Actor) -> Iterator[AttentionItem]:
    rows = requests(seen_by=by, asked_by=by.person_id).filter(
        state__in=WAITS_FOR_ASKER | {RequestState.REFUSED}, answered_at__isnull=False
    )
    refused_lately = clock.now() - EXPIRES_WITHIN
    for row in rows.order_by("answered_at", "pk")[:OF_EACH]:
        if row.answered_at is None:
            continue
        if row.state != RequestState.REFUSED or row.answered_at >= refused_lately:
            yield AttentionItem("answer", localtime(row.answered_at).date(), request=row)


def _deliverables(by: Actor) -> Iterator[AttentionItem]:
    rows = Deliverable.objects.visible_to(by).filter(
        project__manager=by.person_id,
        project__state__in=LIVE,
        state=DeliverableState.SUBMITTED,
    )
    given = rows.select_related("project__customer", "package__line__site").annotate(
        given=Max("versions__given_at")
    )
    for row in given.order_by("given", "pk")[:OF_EACH]:
        since = row.given or clock.now()
        yield AttentionItem(
            "deliverable", localtime(since).date(), project=row.project, deliverable=row
        )


def _due(by: Actor) -> Iterator[AttentionItem]:
    rows = ActionItem.objects.visible_to(by).filter(
        owner=by.person_id, project__state__in=LIVE, done_at=None, due_on__lte=today()
    )
    for row in rows.select_related("project__customer").order_by("due_on", "pk")[:OF_EACH]:
        if row.due_on is not None:
            yield AttentionItem("action", row.due_on, project=row.project, action=row)


def _hours(by: Actor) -> Iterator[AttentionItem]:
    rows = packages(seen_by=by).filter(
        project__manager=by.person_id,
        project__state__in=LIVE,
        state__in=AHEAD,
        reservation__isnull=False,
    )
    found = list(rows.order_by("project_id", "position", "pk"))
    off = off_plan(found)
    for _project, own in groupby(found, key=lambda row: row.project_id):
        there = [row for row in own if row.pk in off]
        if there:
            first = min(off[row.pk].first for row in there)
            yield AttentionItem("hours", first, project=there[0].project, days=len(there))
