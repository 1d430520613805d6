"""The impact of failing items: upwards along dependencies, with redundancy."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, QuerySet

from opale.customers.models import Service
from opale.infrastructure.models import ConfigurationItem, ServiceItem
from opale.kernel.actor import Actor

DEPTH = 12
ITEMS_PER_SERVICE = 2.5
MOST_SERVICES = 5_000
COUNTED = MOST_SERVICES
SHOWN = 50
PLANNED = (Service.State.FEASIBILITY_CHECKED, Service.State.DESIGNED, Service.State.RESERVED)
"""States of services that are not delivered yet."""


@dataclass(frozen=True, slots=True)
class AffectedCustomer:
    """A customer, and how many of its services would be lost."""

    code: str
    name: str
    lost: int


@dataclass(frozen=True, slots=True)
class Impact:
    """Services and items that are lost, or lose only redundancy, as far as the actor may see them.

    `planned_services` stand on what is lost and are not delivered yet: nobody misses them today.

    Rows are the first ones, counts are of all; where services are too many to be read, `customers`
    are the first of those affected, the most affected before the others. `bounded` says that there
    is more than was searched: the counts are then minimums.
    """

    customers: tuple[AffectedCustomer, ...]
    services: tuple[Service, ...]
    weakened_services: tuple[Service, ...]
    items: tuple[ConfigurationItem, ...]
    weakened_items: tuple[ConfigurationItem, ...]
    service_count: int
    customer_count: int
    item_count: int
    bounded: bool = False
    planned_services: tuple[Service, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Ids of the items and services that are down or weakened once some items are down."""

    items: frozenset[int]
    weakened: frozenset[int]
    services: frozenset[int]
    weakened_services: frozenset[int]
    bounded: bool = False


# One round: the items above those that just went down, by redundancy group. A group is lost when
# one of it is down and no other is in service; an empty group replaces nothing. Joins and not
# arrays of exclusions, so that the cost grows with what is touched and not with its square.
_ABOVE = """
    WITH down AS MATERIALIZED (SELECT unnest(%(down)s::bigint[]) AS id),
    touched AS (
        SELECT DISTINCT link.upper_id
        FROM unnest(%(fresh)s::bigint[]) AS fresh(id)
        JOIN infrastructure_dependency AS link ON link.lower_id = fresh.id
    ),
    groups AS (
        SELECT link.upper_id, link.redundancy, bool_or(down.id IS NOT NULL) AS hit,
               bool_and(down.id IS NOT NULL OR lower.state <> 'in_service') AS gone
        FROM touched
        JOIN infrastructure_dependency AS link ON link.upper_id = touched.upper_id
        JOIN infrastructure_configurationitem AS lower ON lower.id = link.lower_id
        LEFT JOIN down ON down.id = link.lower_id
        GROUP BY link.upper_id, link.redundancy
    )
    SELECT groups.upper_id, bool_or(groups.hit AND (groups.redundancy = '' OR groups.gone))
    FROM groups
    JOIN infrastructure_configurationitem AS upper ON upper.id = groups.upper_id
    LEFT JOIN down ON down.id = groups.upper_id
    WHERE down.id IS NULL AND upper.state <> 'retired'
    GROUP BY groups.upper_id
    LIMIT %(limit)s
"""
_SERVICES = """
    WITH down AS MATERIALIZED (SELECT unnest(%(down)s::bigint[]) AS id),
    touched AS (
        SELECT DISTINCT link.service_id
        FROM down JOIN infrastructure_serviceitem AS link ON link.item_id = down.id
    ),
    groups AS (
        SELECT link.service_id, link.redundancy, bool_or(down.id IS NOT NULL) AS hit,
               bool_and(down.id IS NOT NULL OR lower.state <> 'in_service') AS gone
        FROM touched
        JOIN infrastructure_serviceitem AS link ON link.service_id = touched.service_id
        JOIN infrastructure_configurationitem AS lower ON lower.id = link.item_id
        LEFT JOIN down ON down.id = link.item_id
        GROUP BY link.service_id, link.redundancy
    )
    SELECT groups.service_id, bool_or(groups.hit AND (groups.redundancy = '' OR groups.gone))
    FROM groups
    JOIN customers_service AS service ON service.id = groups.service_id
    WHERE service.state IN ('active', 'inactive')
    GROUP BY groups.service_id
    LIMIT %(limit)s
"""
# A part of a lost service is lost with it: an access goes down with its VPN.
_PARTS = """
    WITH RECURSIVE lost(id) AS (
        SELECT unnest(%(services)s::bigint[])
        UNION
        SELECT part.id FROM customers_service AS part JOIN lost ON part.parent_id = lost.id
        WHERE part.state IN ('active', 'inactive')
    )
    SELECT id FROM lost LIMIT %(limit)s
"""


def failure_of(item_ids: Collection[int], *, most: int = MOST_SERVICES) -> Failure:
    """Return the failure caused by all of these items, by rounds of one set-based query each.

    At most `most` services are looked for, and items in proportion.

    An item goes down with one it needs alone, or with the last of a redundancy group that was in
    service. Losing some of a group only weakens. Rounds, and not one recursive query, because a
    group is lost by what several paths bring down together, which recursion cannot look back at.
    """
    down, fresh, weakened = set(item_ids), set(item_ids), set[int]()
    bounded, items = False, int(most * ITEMS_PER_SERVICE)
    with connection.cursor() as cursor:
        for _round in range(DEPTH):
            cursor.execute(_ABOVE, {"down": list(down), "fresh": list(fresh), "limit": items + 1})
            above = cursor.fetchall()
            fresh = {pk for pk, lost in above if lost}
            weakened = (weakened | {pk for pk, lost in above if not lost}) - fresh
            down |= fresh
            if len(down) > items:
                bounded = True
                break
            if not fresh:
                break
        else:
            bounded = True
        cursor.execute(_SERVICES, {"down": list(down), "limit": most + 1})
        served = cursor.fetchall()
        lost_roots = [pk for pk, lost in served if lost]
        cursor.execute(_PARTS, {"services": lost_roots, "limit": most + 1})
        lost = {pk for (pk,) in cursor.fetchall()}
    return Failure(
        frozenset(down - set(item_ids)),
        frozenset(weakened - down),
        frozenset(lost),
        frozenset({pk for pk, gone in served if not gone} - lost),
        bounded or len(lost) > most or len(served) > most,
    )


def impact_of(
    item: ConfigurationItem, *, seen_by: Actor, shown: int = SHOWN, most: int = MOST_SERVICES
) -> Impact:
    """Return the impact if the item fails, at most `shown` rows of each sort; see `failure_of`."""
    failure = failure_of([item.pk], most=most)
    services, items = (
        _services(failure.services, seen_by, shown),
        _items(failure.items, seen_by, shown),
    )
    hit: list[AffectedCustomer] = []
    service_count, customer_count = len(services), len({row.customer_id for row in services})
    if len(services) == shown:
        hit = _customers(failure.services, seen_by)
        service_count, customer_count = sum(one.lost for one in hit), len(hit)
    item_count = len(items)
    if len(items) == shown:
        visible = ConfigurationItem.objects.visible_to(seen_by)
        item_count = visible.filter(pk__in=failure.items).count()
    return Impact(
        tuple(hit[:shown]) if service_count > shown else (),
        services,
        _services(failure.weakened_services, seen_by, shown),
        items,
        _items(failure.weakened, seen_by, shown),
        service_count,
        customer_count,
        item_count,
        failure.bounded,
        tuple(_planned(item, failure, seen_by).select_related("customer")[:shown]),
    )


@dataclass(frozen=True, slots=True)
class ImpactIds:
    """The ids of everything affected; customers and services in the order of their names."""

    services: list[int]
    weakened_services: list[int]
    items: list[int]
    weakened_items: list[int]
    customers: list[int]
    bounded: bool
    planned_services: list[int]


def impact_ids(item: ConfigurationItem, *, seen_by: Actor) -> ImpactIds:
    """Return the ids of everything that `impact_of` counts, for programs."""
    failure = failure_of([item.pk])
    seen = ConfigurationItem.objects.visible_to(seen_by).order_by("name")
    lost, weakened = (
        list(_hit_services(ids, seen_by).values_list("pk", "customer_id"))
        for ids in (failure.services, failure.weakened_services)
    )
    items, weakened_items = (
        list(seen.filter(pk__in=ids).values_list("pk", flat=True))
        for ids in (failure.items, failure.weakened)
    )
    return ImpactIds(
        [pk for pk, _customer in lost],
        [pk for pk, _customer in weakened],
        items,
        weakened_items,
        sorted({customer for _pk, customer in lost}),
        failure.bounded,
        list(_planned(item, failure, seen_by).values_list("pk", flat=True)),
    )


def affected_services(item: ConfigurationItem, *, seen_by: Actor) -> Iterator[tuple[Service, bool]]:
    """Yield every affected service by customer, and whether it is lost."""
    failure = failure_of([item.pk])
    for ids, is_lost in ((failure.services, True), (failure.weakened_services, False)):
        for service in _hit_services(ids, seen_by).select_related("customer"):
            yield service, is_lost


def _customers(ids: frozenset[int], actor: Actor) -> list[AffectedCustomer]:
    counted = Service.objects.visible_to(actor).filter(pk__in=ids).order_by()
    rows = counted.values_list("customer__code", "customer__name").annotate(lost=Count("pk"))
    found = [AffectedCustomer(*row) for row in rows]
    return sorted(found, key=lambda one: (-one.lost, one.name, one.code))


def _hit_services(ids: frozenset[int], actor: Actor) -> QuerySet[Service]:
    rows = Service.objects.visible_to(actor).filter(pk__in=ids)
    return rows.order_by("customer__name", "name", "pk")


def _planned(item: ConfigurationItem, failure: Failure, actor: Actor) -> QuerySet[Service]:
    """Return the services that are not delivered yet and stand on what is lost."""
    links = ServiceItem.objects.filter(item__in=[item.pk, *failure.items])
    rows = Service.objects.visible_to(actor).filter(
        pk__in=links.values("service_id"), state__in=PLANNED
    )
    return rows.order_by("customer__name", "name", "pk")


def _services(ids: frozenset[int], actor: Actor, shown: int) -> tuple[Service, ...]:
    if not ids:
        return ()
    return tuple(_hit_services(ids, actor).select_related("customer")[:shown])


def _items(ids: frozenset[int], actor: Actor, shown: int) -> tuple[ConfigurationItem, ...]:
    if not ids:
        return ()
    rows = ConfigurationItem.objects.visible_to(actor).filter(pk__in=ids)
    return tuple(rows.order_by("name")[:shown])
