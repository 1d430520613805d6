"""The neighbourhood of an item: what it needs and what needs it, some steps away."""

from dataclasses import dataclass

from django.db import connection

from opale.customers.models import Service
from opale.infrastructure.models import ConfigurationItem, ServiceItem
from opale.kernel.actor import Actor

DEPTH = 2
MOST_DEPTH = 6
MOST_ITEMS = 200


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A neighbour; `distance` is negative for what the item needs, positive for what needs it."""

    item: ConfigurationItem
    distance: int


@dataclass(frozen=True, slots=True)
class Link:
    """A dependency: `upper` needs `lower`, both ids of items."""

    upper_id: int
    lower_id: int
    redundancy: str


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The items around one, their links, and the services that need any of them directly."""

    here: ConfigurationItem
    neighbours: tuple[Neighbour, ...]
    links: tuple[Link, ...]
    services: tuple[tuple[int, Service], ...]
    bounded: bool


_AROUND = """
    WITH RECURSIVE below(id, distance) AS (
        SELECT %(item)s::bigint, 0
        UNION
        SELECT link.lower_id, below.distance - 1
        FROM below JOIN infrastructure_dependency AS link ON link.upper_id = below.id
        WHERE below.distance > -%(depth)s
    ), above(id, distance) AS (
        SELECT %(item)s::bigint, 0
        UNION
        SELECT link.upper_id, above.distance + 1
        FROM above JOIN infrastructure_dependency AS link ON link.lower_id = above.id
        WHERE above.distance < %(depth)s
    ), around AS (
        SELECT DISTINCT ON (id) id, distance
        FROM (SELECT * FROM below UNION ALL SELECT * FROM above) AS both_ways
        ORDER BY id, abs(distance)
    )
    SELECT id, distance FROM around ORDER BY abs(distance), id LIMIT %(limit)s
"""
_LINKS = """
    SELECT upper_id, lower_id, redundancy FROM infrastructure_dependency
    WHERE upper_id = ANY (%(ids)s) AND lower_id = ANY (%(ids)s)
"""


def neighbourhood(item: ConfigurationItem, *, seen_by: Actor, depth: int = DEPTH) -> Neighbourhood:
    """Return the neighbourhood, `depth` steps in both directions, at most MOST_ITEMS items."""
    depth = max(1, min(depth, MOST_DEPTH))
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, {"item": item.pk, "depth": depth, "limit": MOST_ITEMS + 1})
        found = dict(cursor.fetchall()[: MOST_ITEMS + 1])
        cursor.execute(_LINKS, {"ids": list(found)})
        links = [Link(*row) for row in cursor.fetchall()]
    rows = ConfigurationItem.objects.visible_to(seen_by).filter(pk__in=found)
    seen = {row.pk: row for row in rows.order_by("name")[:MOST_ITEMS]}
    return Neighbourhood(
        item,
        tuple(Neighbour(row, found[pk]) for pk, row in seen.items() if pk != item.pk),
        tuple(link for link in links if link.upper_id in seen and link.lower_id in seen),
        tuple(_standing_on(seen, seen_by)),
        len(found) > MOST_ITEMS,
    )


def _standing_on(seen: dict[int, ConfigurationItem], actor: Actor) -> list[tuple[int, Service]]:
    rows = (
        ServiceItem.objects.filter(item_id__in=seen, service__in=Service.objects.visible_to(actor))
        .select_related("service__customer")
        .order_by("service__name")[:MOST_ITEMS]
    )
    return [(row.item_id, row.service) for row in rows]
