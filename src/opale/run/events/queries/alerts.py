"""Queries on alerts and integrations."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.run.events.models import (
    Alert,
    AlertsQuerySet,
    ChangeNotice,
    Integration,
    IntegrationKey,
    QualificationRule,
    Sample,
    Silence,
    StandingCount,
    UnreadableDelivery,
)
from opale.run.events.models.querysets import NOT_QUIET
from opale.run.events.queries.search import alerts_matching
from opale.run.events.rights import READ
from opale.run.events.states import AlertState, Severity

ACTIVE_STATES: Final = (AlertState.OPEN, AlertState.ACKNOWLEDGED)
CHANGES_LOOKED_BACK: Final = timedelta(days=7)
WORST_FIRST: Final = ("-severity", "-started_at", "-id")
NEWEST_FIRST: Final = ("-id",)


def digest_of_key(key: str) -> str:
    """Return the digest by which a key is looked up, an index hit.

    Keys are long and random: one round of SHA-256 is enough.
    """
    return sha256(key.encode()).hexdigest()


def valid_keys(*, at: datetime) -> QuerySet[IntegrationKey]:
    """Return the keys that are valid now, of active integrations."""
    return IntegrationKey.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=at), integration__active=True
    ).select_related("integration")


@dataclass(frozen=True, slots=True)
class AlertFilters:
    """The filters of a board or a list; empty means everything.

    `item_id`, `service_id` and `customer_id` are 0 for alerts without one.
    """

    states: Collection[str] = ()
    minimum_severity: int = 0
    integration_id: int | None = None
    item_id: int | None = None
    service_id: int | None = None
    customer_id: int | None = None
    silence_id: int | None = None
    muted: bool | None = None
    text: str = ""
    owner_id: int | None = None
    flapping: bool = False

    @property
    def standing_only(self) -> bool:
        return bool(self.states) and set(self.states) <= set(ACTIVE_STATES)

    @property
    def with_flapping(self) -> bool:
        """Return whether flapping alerts are included: they count as active, also while clear."""
        return set(self.states) == set(ACTIVE_STATES)

    @property
    def order(self) -> tuple[str, ...]:
        """Return the order: the worst first among active alerts, else the newest first."""
        return WORST_FIRST if self.standing_only else NEWEST_FIRST


def alerts(filters: AlertFilters, *, seen_by: Actor) -> AlertsQuerySet[Alert]:
    rows = Alert.objects.visible_to(seen_by).select_related(
        "integration", "item", "service", "customer", "owner"
    )
    if filters.with_flapping:
        rows = rows.filter(Q(state__in=filters.states) | Q(flapping_since__isnull=False))
    elif filters.states:
        rows = rows.filter(state__in=filters.states)
    if filters.owner_id is not None:
        rows = rows.filter(owner_id=filters.owner_id)
    if filters.flapping:
        rows = rows.filter(flapping_since__isnull=False)
    if filters.minimum_severity:
        rows = rows.filter(severity__gte=filters.minimum_severity)
    if filters.integration_id is not None:
        rows = rows.filter(integration_id=filters.integration_id)
    if filters.item_id is not None:
        rows = rows.filter(equals_or_null("item", filters.item_id))
    if filters.service_id is not None:
        rows = rows.filter(equals_or_null("service", filters.service_id))
    if filters.customer_id is not None:
        rows = rows.filter(equals_or_null("customer", filters.customer_id))
    if filters.silence_id is not None:
        rows = rows.filter(silence_id=filters.silence_id)
    if filters.muted is not None:
        rows = rows.exclude(NOT_QUIET) if filters.muted else rows.filter(NOT_QUIET)
    return alerts_matching(rows, filters.text)


def equals_or_null(name: str, key: int) -> Q:
    return Q(**{name: key}) if key else Q(**{f"{name}__isnull": True})


def worst_active_alerts(size: int, *, seen_by: Actor) -> list[Alert]:
    """Return the alerts that need attention, the worst first."""
    standing = AlertFilters(states=(AlertState.OPEN, AlertState.ACKNOWLEDGED), muted=False)
    return list(alerts(standing, seen_by=seen_by).order_by(*standing.order)[:size])


def alert_queryset(alert_id: int, *, seen_by: Actor) -> AlertsQuerySet[Alert]:
    """Return one alert as rows, for an action that takes many; none when hidden or missing."""
    return Alert.objects.visible_to(seen_by).filter(pk=alert_id)


def get_alert(alert_id: int, *, seen_by: Actor) -> Alert:
    """Return the alert. Errors: NotFound."""
    shown = alerts(AlertFilters(), seen_by=seen_by).select_related(
        "site", "silence", "suppressed_by", "held_by", "team", "routed_by", "qualifies_by"
    )
    if (alert := shown.filter(pk=alert_id).first()) is None:
        raise NotFound
    return alert


def open_alerts_of_item(item_id: int, *, seen_by: Actor) -> AlertsQuerySet[Alert]:
    return alerts(AlertFilters(states=ACTIVE_STATES, item_id=item_id), seen_by=seen_by)


def alerts_of_silence(silence: Silence, *, seen_by: Actor) -> AlertsQuerySet[Alert]:
    """Return the alerts that it mutes now, the worst first."""
    found = AlertFilters(states=ACTIVE_STATES, silence_id=silence.pk)
    return alerts(found, seen_by=seen_by).order_by(*WORST_FIRST)


def unacknowledged_alerts(actor: Actor) -> QuerySet[Alert]:
    """Return the unacknowledged alerts, whose number the rail shows."""
    return Alert.objects.visible_to(actor).filter(NOT_QUIET, state=AlertState.OPEN)


def count_by_severity(actor: Actor) -> dict[Severity, int]:
    """Return the number of active, unmuted alerts by severity, the worst first, as on the board."""
    rows = StandingCount.objects.visible_to(actor).order_by().values_list("severity")
    found = rows.annotate(counted=Sum("number")).filter(severity__gt=Severity.CLEAR, counted__gt=0)
    return {Severity(severity): count for severity, count in sorted(found, reverse=True)}


def change_notices(*, seen_by: Actor) -> AlertsQuerySet[ChangeNotice]:
    """Return the change notices, newest first."""
    rows = ChangeNotice.objects.visible_to(seen_by).select_related("integration")
    return rows.order_by("-at", "-id")


def changes_around(alert: Alert, *, seen_by: Actor) -> AlertsQuerySet[ChangeNotice]:
    """Return the changes of the alert's item or service, from a week before it to its end."""
    rows = change_notices(seen_by=seen_by)
    if alert.item_id is None and alert.service_id is None:
        return rows.none()
    about = Q()
    if alert.item_id is not None:
        about |= Q(item=alert.item_id)
    if alert.service_id is not None:
        about |= Q(service=alert.service_id)
    rows = rows.filter(about, at__gte=alert.started_at - CHANGES_LOOKED_BACK)
    return rows.filter(at__lte=alert.closed_at) if alert.closed_at else rows


def integrations(*, seen_by: Actor, text: str = "") -> QuerySet[Integration]:
    """Return every integration, with when it last received and how much it could not read."""
    if not seen_by.can(READ):
        return Integration.objects.none()
    return (
        Integration.objects.filter(name__icontains=text)
        .annotate(
            last_received_at=Max("keys__last_used_at"),
            unreadable_count=Count("unreadable", distinct=True),
        )
        .order_by("name")
    )


def integrations_with_active_alerts(*, seen_by: Actor) -> QuerySet[Integration]:
    """Return the integrations with an active alert."""
    if not seen_by.can(READ):
        return Integration.objects.none()
    standing = Alert.objects.filter(integration=OuterRef("pk"), state__in=ACTIVE_STATES)
    return Integration.objects.filter(Exists(standing)).order_by("name")


def get_integration_of_call(integration_id: int) -> Integration:
    """Return the integration that a connector was called for, by its key."""
    return Integration.objects.get(pk=integration_id)


def get_integration(integration_id: int, *, seen_by: Actor) -> Any:
    """Return the integration with what `integrations` adds. Errors: NotFound."""
    found = integrations(seen_by=seen_by).filter(pk=integration_id).first()
    if found is None:
        raise NotFound
    return found


def keys_of(integration: Integration) -> QuerySet[IntegrationKey]:
    keys = IntegrationKey.objects.filter(integration=integration)
    return keys.select_related("integration").order_by("-id")


def rules_of(integration: Integration) -> QuerySet[QualificationRule]:
    rules = QualificationRule.objects.filter(integration=integration)
    return rules.select_related("integration").order_by("name")


def get_rule(rule_id: int, *, of: int, seen_by: Actor) -> QualificationRule:
    """Return a rule of that integration. Errors: NotFound."""
    rules = QualificationRule.objects.filter(pk=rule_id, integration_id=of)
    if not seen_by.can(READ) or (rule := rules.select_related("integration").first()) is None:
        raise NotFound
    return rule


def get_key(key_id: int, *, of: int, seen_by: Actor) -> IntegrationKey:
    """Return a key of that integration. Errors: NotFound."""
    keys = IntegrationKey.objects.filter(pk=key_id, integration_id=of)
    if not seen_by.can(READ) or (key := keys.select_related("integration").first()) is None:
        raise NotFound
    return key


def sample_of(integration: Integration) -> Sample | None:
    """Return its most recent delivery, whole."""
    return Sample.objects.filter(integration=integration).first()


def newest_unreadable(integration: Integration, limit: int = 20) -> list[UnreadableDelivery]:
    """Return its newest unreadable deliveries."""
    return list(UnreadableDelivery.objects.filter(integration=integration).order_by("-id")[:limit])
