"""What fails when items fail: upwards along dependencies, redundancy taken into account."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from opale.customers.models import Service
from opale.infrastructure.models import ConfigurationItem
from opale.kernel.actor import Actor

DEPTH = 12
ITEMS = 5_000
SERVICES = 2_000


@dataclass(frozen=True, slots=True)
class Impact:
    """What is lost and what only lost its reserve, as far as the asker may see services and items.

    `bounded` says that the true impact is larger than what was looked at.
    """

    services: tuple[Service, ...]
    weakened_services: tuple[Service, ...]
    items: tuple[ConfigurationItem, ...]
    weakened_items: tuple[ConfigurationItem, ...]
    bounded: bool = False

    @property
    def customer_count(self) -> int:
        return len({service.customer_id for service in self.services})


@dataclass(frozen=True, slots=True)
class Failure:
    """Ids of what is down or weakened once some items are down."""

    items: frozenset[int]
    weakened: frozenset[int]
    services: frozenset[int]
    weakened_services: frozenset[int]
    bounded: bool = False


# One round: the items above those that just went down, with how many of each redundancy group
# they need and how many of these are down. An empty group replaces nothing: one down is enough.
_ABOVE = """
    SELECT link.upper_id, bool_or(
        link.redundancy = ''
        OR NOT EXISTS (
            SELECT FROM infrastructure_dependency AS other
            JOIN infrastructure_configurationitem AS lower ON lower.id = other.lower_id
            WHERE other.upper_id = link.upper_id AND other.redundancy = link.redundancy
              AND other.lower_id <> ALL (%(down)s) AND lower.state = 'in_service'
        )
    )
    FROM infrastructure_dependency AS link
    JOIN infrastructure_configurationitem AS upper ON upper.id = link.upper_id
    WHERE link.lower_id = ANY (%(fresh)s) AND link.upper_id <> ALL (%(down)s)
      AND upper.state <> 'retired'
    GROUP BY link.upper_id
    LIMIT %(limit)s
"""
_SERVICES = """
    SELECT link.service_id, bool_or(
        link.redundancy = ''
        OR NOT EXISTS (
            SELECT FROM infrastructure_serviceitem AS other
            JOIN infrastructure_configurationitem AS lower ON lower.id = other.item_id
            WHERE other.service_id = link.service_id AND other.redundancy = link.redundancy
              AND other.item_id <> ALL (%(down)s) AND lower.state = 'in_service'
        )
    )
    FROM infrastructure_serviceitem AS link
    JOIN customers_service AS service ON service.id = link.service_id
    WHERE link.item_id = ANY (%(down)s) AND service.state IN ('active', 'inactive')
    GROUP BY link.service_id
    LIMIT %(limit)s
"""
# A part of a lost service is lost with it: an access goes down with the VPN that it belongs to.
_PARTS = """
    WITH RECURSIVE lost(id) AS (
        SELECT unnest(%(services)s::bigint[])
        UNION
        SELECT part.id FROM customers_service AS part JOIN lost ON part.parent_id = lost.id
        WHERE part.state IN ('active', 'inactive')
    )
    SELECT id FROM lost LIMIT %(limit)s
"""


def failure_of(item_ids: Collection[int]) -> Failure:
    """What is down when all of these items are, by rounds of one set-based query each.

    An item goes down with one it needs alone, or with the last of a redundancy group that was in
    service. Losing some of a group only weakens. Rounds, and not one recursive query, because a
    group is lost by what several paths bring down together, which recursion cannot look back at.
    """
    down, fresh, weakened = set(item_ids), set(item_ids), set[int]()
    bounded = False
    with connection.cursor() as cursor:
        for _round in range(DEPTH):
            cursor.execute(_ABOVE, {"down": list(down), "fresh": list(fresh), "limit": ITEMS + 1})
            above = cursor.fetchall()
            fresh = {pk for pk, lost in above if lost}
            weakened = (weakened | {pk for pk, lost in above if not lost}) - fresh
            down |= fresh
            if len(down) > ITEMS:
                bounded = True
                break
            if not fresh:
                break
        else:
            bounded = True
        cursor.execute(_SERVICES, {"down": list(down), "limit": SERVICES + 1})
        served = cursor.fetchall()
        lost_roots = [pk for pk, lost in served if lost]
        cursor.execute(_PARTS, {"services": lost_roots, "limit": SERVICES + 1})
        lost = {pk for (pk,) in cursor.fetchall()}
    return Failure(
        frozenset(down - set(item_ids)),
        frozenset(weakened - down),
        frozenset(lost),
        frozenset({pk for pk, gone in served if not gone} - lost),
        bounded or len(lost) > SERVICES or len(served) > SERVICES,
    )


def impact_of(item: ConfigurationItem, *, seen_by: Actor) -> Impact:
    """Who is hit if this item fails."""
    failure = failure_of([item.pk])
    return Impact(
        _services(failure.services, seen_by),
        _services(failure.weakened_services, seen_by),
        _items(failure.items, seen_by),
        _items(failure.weakened, seen_by),
        failure.bounded,
    )


def _services(ids: frozenset[int], actor: Actor) -> tuple[Service, ...]:
    if not ids:
        return ()
    rows = Service.objects.visible_to(actor).filter(pk__in=ids).select_related("customer")
    return tuple(rows.order_by("customer__name", "name")[:SERVICES])


def _items(ids: frozenset[int], actor: Actor) -> tuple[ConfigurationItem, ...]:
    if not ids:
        return ()
    rows = ConfigurationItem.objects.visible_to(actor).filter(pk__in=ids)
    return tuple(rows.order_by("name")[:ITEMS])
