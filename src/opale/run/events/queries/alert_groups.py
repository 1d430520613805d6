"""Active alerts grouped by item, or by the service or customer that they hit."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Literal, cast

from django.db import connection
from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from opale.customers.models import Customer, Service
from opale.infrastructure.models import ConfigurationItem
from opale.infrastructure.queries.dependents import dependents_of
from opale.kernel.actor import Actor
from opale.kernel.array_literals import number_array
from opale.run.events.models import AlertsQuerySet, StandingCount
from opale.run.events.queries.alerts import AlertFilters, alerts, equals_or_null
from opale.run.events.states import Severity

GroupBy = Literal["item", "service", "customer"]
Groups = QuerySet[Any, dict[str, Any]]
WORST_GROUP_FIRST: Final = ("-worst", "-number", "-key")
MOST_ITEMS: Final = 200
SEVERITIES: Final = tuple(one for one in reversed(Severity) if one is not Severity.CLEAR)
SELECT_GROUP_STARTS: Final = """
    SELECT n.key, min(first.started_at)
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::int[])
        AS n(key, customer, service, severity)
    CROSS JOIN LATERAL (
        SELECT a.started_at FROM events_alert a
        WHERE coalesce(a.customer_id, 0) = n.customer AND coalesce(a.service_id, 0) = n.service
          AND a.severity = n.severity
          AND (a.state IN ('open', 'acknowledged') OR a.flapping_since IS NOT NULL)
          AND a.silence_id IS NULL AND a.suppressed_by_id IS NULL AND a.held_until IS NULL
        ORDER BY coalesce(a.customer_id, 0), coalesce(a.service_id, 0), a.severity, a.started_at
        LIMIT 1
    ) AS first
    GROUP BY n.key
"""
"""In the whole order of its index (alert_standing): under row security PostgreSQL does not see that
the compared columns are the same in all rows, and would sort all alerts of each group."""


def has_kept_counts(filters: AlertFilters) -> bool:
    """Return whether the kept counts can answer these filters."""
    narrowed = (
        filters.integration_id,
        filters.item_id,
        filters.silence_id,
        filters.owner_id,
        filters.text or None,
        filters.flapping or None,
    )
    return filters.with_flapping and filters.muted is False and set(narrowed) == {None}


def alert_groups(lens: GroupBy, filters: AlertFilters, *, seen_by: Actor) -> Groups:
    """Return one row an item, service or customer: its `key` (0 for none), `worst`, `number`, and
    how many of each severity, by its name in lower case.
    """
    if lens != "item" and has_kept_counts(filters):
        return _counted_groups(lens, filters, seen_by)
    found = alerts(filters, seen_by=seen_by).select_related(None).order_by()
    counts = {one.name.lower(): Count("severity", filter=Q(severity=one)) for one in SEVERITIES}
    gathered: Any = found.values(key=_key(lens)).annotate(
        worst=Max("severity"), number=Count("*"), **counts
    )
    return cast("Groups", gathered)


def group_starts(
    lens: GroupBy, keys: Collection[int], filters: AlertFilters, *, seen_by: Actor
) -> Mapping[int, datetime]:
    """Return since when each of these groups has had an active alert."""
    if lens != "item" and has_kept_counts(filters):
        return _counted_beginnings(lens, keys, filters, seen_by)
    found: Any = alerts(filters, seen_by=seen_by).select_related(None).order_by()
    rows = found.annotate(key=_key(lens)).filter(key__in=keys).values("key")
    return dict(rows.annotate(since=Min("started_at")).values_list("key", "since"))


def group_names(lens: GroupBy, keys: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return the names of a lens's groups, each with its customer, if that is not the name."""
    if lens == "customer":
        return {one.pk: (one.name, "") for one in Customer.objects.filter(pk__in=keys)}
    if lens == "item":
        items = ConfigurationItem.objects.filter(pk__in=keys).select_related("customer")
        return {one.pk: (one.name, one.customer.name if one.customer else "") for one in items}
    services = Service.objects.filter(pk__in=keys).select_related("customer")
    return {one.pk: (one.name, one.customer.name) for one in services}


def customers_hit(
    lens: Literal["service", "customer"], filters: AlertFilters, *, seen_by: Actor
) -> int:
    """Return how many customers depend on the items of the alerts that name no service, or no
    customer: those of the first MOST_ITEMS items."""
    found = alerts(filters, seen_by=seen_by).select_related(None).filter(equals_or_null(lens, 0))
    found = found.exclude(item=None).order_by()
    items = list(found.values_list("item", flat=True).distinct()[:MOST_ITEMS])
    hit = dependents_of(items, seen_by=seen_by).values()
    return len({name for one in hit for name in one.customers})


def _key(lens: GroupBy) -> Coalesce:
    return Coalesce(F(f"{lens}_id"), 0)


def _counts(filters: AlertFilters, seen_by: Actor) -> AlertsQuerySet[StandingCount]:
    rows = StandingCount.objects.visible_to(seen_by)
    if filters.minimum_severity:
        rows = rows.filter(severity__gte=filters.minimum_severity)
    for name in ("service", "customer"):
        if (key := getattr(filters, f"{name}_id")) is not None:
            rows = rows.filter(equals_or_null(name, key))
    return rows


def _counted_groups(lens: GroupBy, filters: AlertFilters, seen_by: Actor) -> Groups:
    counts = {
        one.name.lower(): Coalesce(Sum("number", filter=Q(severity=one)), 0) for one in SEVERITIES
    }
    worst = Case(
        *(When(**{f"{one.name.lower()}__gt": 0}, then=Value(one.value)) for one in SEVERITIES),
        default=Value(Severity.CLEAR.value),
    )
    rows: Any = _counts(filters, seen_by).order_by().values(key=_key(lens)).annotate(**counts)
    return cast("Groups", rows.annotate(worst=worst, number=Sum("number")).filter(number__gt=0))


def _counted_beginnings(
    lens: GroupBy, keys: Collection[int], filters: AlertFilters, seen_by: Actor
) -> Mapping[int, datetime]:
    customer, service = _key("customer"), _key("service")
    found: Any = _counts(filters, seen_by).annotate(key=_key(lens)).filter(key__in=keys).order_by()
    there = found.values(
        "severity", wanted=F("key"), of_customer=customer, of_service=service
    ).annotate(number=Sum("number"))
    kinds = list(
        there.filter(number__gt=0).values_list("wanted", "of_customer", "of_service", "severity")
    )
    columns = [number_array(kind[place] for kind in kinds) for place in range(4)]
    with connection.cursor() as cursor:
        cursor.execute(SELECT_GROUP_STARTS, columns)
        return dict(cursor.fetchall())
