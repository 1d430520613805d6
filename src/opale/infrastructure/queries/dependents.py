"""Services and customers that depend on items, for lists that show many items at once.

Unlike `impact_of`, redundancy is left aside: a service counts that needs the item, or one of a
group in which the item is. Source: docs/rules/alerts.md, "Affected customers".
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import connection

from opale.customers.models import CustomersQuerySet, Service
from opale.infrastructure.models import ConfigurationItem
from opale.kernel.actor import Actor

MOST_STEPS: Final = 20_000
"""Items looked at for one list; beyond that the counts are minimums."""
_SERVICES_OF: Final = """
    WITH RECURSIVE above(root, id) AS (
        SELECT item.id, item.id FROM unnest(%s::bigint[]) AS item(id)
        UNION
        SELECT above.root, link.upper_id
        FROM above
        JOIN infrastructure_dependency AS link ON link.lower_id = above.id
        JOIN infrastructure_configurationitem AS upper
            ON upper.id = link.upper_id AND upper.state <> 'retired'
    ), reached AS (SELECT root, id FROM above LIMIT %s)
    SELECT DISTINCT reached.root, link.service_id
    FROM reached JOIN infrastructure_serviceitem AS link ON link.item_id = reached.id
"""


@dataclass(frozen=True, slots=True)
class Dependents:
    """How many services depend on an item, and the names of their customers in order."""

    services: int
    customers: tuple[str, ...]


def dependents_of(item_ids: Collection[int], *, seen_by: Actor) -> Mapping[int, Dependents]:
    """Return what depends on each of these items, as far as the actor may see it."""
    if not item_ids:
        return {}
    pairs = _pairs(item_ids, seen_by)
    found = _in_use(seen_by).filter(pk__in={service for _root, service in pairs}).order_by()
    customers = dict(found.values_list("pk", "customer__name"))
    names: dict[int, list[str]] = defaultdict(list)
    for root, service in pairs:
        if service in customers:
            names[root].append(customers[service])
    return {root: Dependents(len(all_), tuple(sorted(set(all_)))) for root, all_ in names.items()}


def dependent_services(item_ids: Collection[int], *, seen_by: Actor) -> CustomersQuerySet[Service]:
    """Return the services that depend on any of these items, as far as the actor may see them."""
    if not item_ids:
        return Service.objects.none()
    keys = {service for _root, service in _pairs(item_ids, seen_by)}
    return _in_use(seen_by).filter(pk__in=keys)


def _in_use(seen_by: Actor) -> CustomersQuerySet[Service]:
    return Service.objects.visible_to(seen_by).filter(state__in=("active", "inactive"))


def _pairs(item_ids: Collection[int], seen_by: Actor) -> list[tuple[int, int]]:
    """Return pairs of a visible item and a service that depends on it."""
    items = ConfigurationItem.objects.visible_to(seen_by).filter(pk__in=item_ids)
    visible = list(items.order_by().values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_SERVICES_OF, [visible, MOST_STEPS])
        return [(root, service) for root, service in cursor.fetchall()]
