"""Queries on silences, and on what they match."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final, Literal, get_args
from uuid import UUID

from django.db.models import Count, F, FloatField, Q, QuerySet
from django.db.models.functions import Cast, Extract

from opale.customers.models import Customer, Service
from opale.customers.queries.services import visible_rows
from opale.infrastructure.queries.items import plain_items, plain_sites
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.run.events.domain.silences import AlertAttributes, Matcher, SilenceMatcher
from opale.run.events.models import Alert, Silence
from opale.run.events.queries.alerts import ACTIVE_STATES
from opale.run.events.rights import READ
from opale.run.events.states import AlertState, Severity

Phase = Literal["active", "coming", "past"]
PHASES: Final[tuple[Phase, ...]] = get_args(Phase)
LOOKED_BACK: Final = timedelta(days=7)
MAX_PREVIEWED: Final = 5_000
EXAMPLES: Final = 10
TURNS: Final[Mapping[Phase | None, Any]] = {
    "active": Extract("window_ends_at", "epoch"),
    "coming": Extract("window_starts_at", "epoch"),
    "past": Cast(-F("id"), FloatField()),
    None: Cast(-F("id"), FloatField()),
}
SOON: Final = timedelta(minutes=30)
"""How long before its end the author of a silence is reminded."""

ATTRIBUTE_COLUMNS: Final = (
    "id",
    "labels",
    "severity",
    "integration_id",
    "integration__name",
    "item_id",
    "item__name",
    "service_id",
    "service__reference",
    "customer_id",
    "customer__code",
    "site_id",
    "site__code",
)
"""The columns of an alert that `alert_attributes` reads."""


def alert_attributes(row: Sequence[Any]) -> tuple[int, AlertAttributes]:
    """Return an alert's id, and the attributes that silences read."""
    (pk, labels, severity, integration_id, integration, item_id, item, *rest) = row
    service_id, service, customer_id, customer, site_id, site = rest
    known = {
        "integration": integration,
        "severity": Severity(severity).name.lower(),
        "item": item or "",
        "service": service or "",
        "customer": customer or "",
        "site": site or "",
    }
    about = AlertAttributes(
        labels, integration_id, known, item_id, service_id, customer_id, site_id
    )
    return pk, about


def silence_matcher(silence: Silence, *, ends_at: datetime) -> SilenceMatcher:
    return SilenceMatcher(
        id=silence.pk or 0,
        matchers=tuple(Matcher.of(row) for row in silence.matchers),
        ends_at=ends_at,
        ends_on_clear=silence.ends_on_clear,
        integration_id=silence.integration_id,
        items=frozenset(silence.item_ids),
        services=frozenset(silence.service_ids),
        customers=frozenset(silence.customer_ids),
        sites=frozenset(silence.site_ids),
    )


def active_at(at: datetime) -> Q:
    return Q(window_starts_at__lte=at, window_ends_at__gt=at)


def active_silence_matchers(at: datetime) -> Iterator[SilenceMatcher]:
    for silence in Silence.objects.filter(active_at(at)).order_by("pk"):
        if silence.window_ends_at:
            yield silence_matcher(silence, ends_at=silence.window_ends_at)


def silences(
    *, seen_by: Actor, phase: Phase | None = None, text: str = "", at: datetime
) -> QuerySet[Silence]:
    """Return every silence that fits, with how many alerts each mutes now as `muted`.

    `turn` sorts the silences of a phase: by their end or their beginning, the past ones and those
    of all phases by their creation, the newest first.
    """
    if not seen_by.can(READ):
        return Silence.objects.none()
    rows = Silence.objects.select_related("integration", "author").annotate(
        muted=Count("alerts", filter=Q(alerts__state__in=ACTIVE_STATES)), turn=TURNS[phase]
    )
    if text:
        rows = rows.filter(Q(comment__icontains=text) | Q(author_name__icontains=text))
    if phase == "active":
        rows = rows.filter(active_at(at))
    elif phase == "coming":
        rows = rows.filter(window_starts_at__gt=at)
    elif phase == "past":
        rows = rows.filter(Q(window_ends_at=None) | Q(window_ends_at__lte=at))
    return rows


def ending_soon(*, seen_by: Actor, at: datetime) -> QuerySet[Silence]:
    """Return the actor's own silences that are about to end."""
    if seen_by.person_id is None:
        return Silence.objects.none()
    soon = active_at(at) & Q(author=seen_by.person_id, window_ends_at__lte=at + SOON)
    return Silence.objects.filter(soon).order_by("window_ends_at", "id")


def phase_of(silence: Silence, at: datetime) -> Phase:
    starts_at, ends_at = silence.window_starts_at, silence.window_ends_at
    if starts_at is None or ends_at is None or ends_at <= at:
        return "past"
    return "active" if starts_at <= at else "coming"


def get_silence(found: int | UUID, *, seen_by: Actor, at: datetime) -> Any:
    """Return a silence by its number or its name for outside tools. Errors: NotFound."""
    by = Q(uuid=found) if isinstance(found, UUID) else Q(pk=found)
    silence = silences(seen_by=seen_by, at=at).filter(by).first()
    if silence is None:
        raise NotFound
    return silence


@dataclass(frozen=True, slots=True)
class Preview:
    """The alerts that a silence matches: active now, and received within the last week.

    `partly` where there was more than is looked at.
    """

    now: tuple[Alert, ...]
    now_count: int
    week_count: int
    week: tuple[Alert, ...]
    partly: bool


def preview(wanted: SilenceMatcher, *, seen_by: Actor, at: datetime) -> Preview:
    """Return what it would match, of the newest alerts that the actor may see."""
    visible = Alert.objects.visible_to(seen_by)
    standing = visible.exclude(state__in=(AlertState.CLEARED, AlertState.CLOSED))
    recent = visible.filter(last_received_at__gte=at - LOOKED_BACK)
    now_ids, more_now = _matched(standing, wanted)
    week_ids, more = _matched(recent, wanted)
    return Preview(_shown(now_ids), len(now_ids), len(week_ids), _shown(week_ids), more or more_now)


def _matched(rows: QuerySet[Alert], wanted: SilenceMatcher) -> tuple[list[int], bool]:
    if wanted.integration_id is not None:
        rows = rows.filter(integration=wanted.integration_id)
    newest = rows.order_by("-pk").values_list(*ATTRIBUTE_COLUMNS)[: MAX_PREVIEWED + 1]
    looked_at = [alert_attributes(row) for row in newest]
    found = [pk for pk, alert in islice(looked_at, MAX_PREVIEWED) if wanted.mutes(alert)]
    return found, len(looked_at) > MAX_PREVIEWED


def _shown(ids: Sequence[int]) -> tuple[Alert, ...]:
    rows = Alert.objects.filter(pk__in=ids[:EXAMPLES]).select_related("integration")
    return tuple(rows.order_by("-severity", "-pk"))


@dataclass(frozen=True, slots=True)
class SilenceSubjectNames:
    """The names of what silences name by id; what may not be seen is left out."""

    items: Mapping[int, str]
    services: Mapping[int, str]
    sites: Mapping[int, str]
    customers: Mapping[int, str]

    def of(self, silence: Silence) -> list[str]:
        named = (
            (self.items, silence.item_ids),
            (self.services, silence.service_ids),
            (self.sites, silence.site_ids),
            (self.customers, silence.customer_ids),
        )
        return [names[pk] for names, ids in named for pk in ids if pk in names]


def subject_names(found: Sequence[Silence], *, seen_by: Actor) -> SilenceSubjectNames:
    def names(rows: QuerySet[Any], ids: set[int]) -> dict[int, str]:
        return dict(rows.filter(pk__in=ids).values_list("pk", "name")) if ids else {}

    return SilenceSubjectNames(
        names(plain_items(seen_by=seen_by), {pk for one in found for pk in one.item_ids}),
        names(
            visible_rows(Service, seen_by=seen_by), {pk for one in found for pk in one.service_ids}
        ),
        names(plain_sites(seen_by=seen_by), {pk for one in found for pk in one.site_ids}),
        names(
            visible_rows(Customer, seen_by=seen_by),
            {pk for one in found for pk in one.customer_ids},
        ),
    )
