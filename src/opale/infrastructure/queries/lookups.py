"""Look-up of items and sites by name, with their service and customer."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from ipaddress import ip_address

from django.db import connection

from opale.infrastructure.models import ConfigurationItem, Site
from opale.kernel.array_literals import text_array


@dataclass(frozen=True, slots=True)
class ItemMatch:
    """The item of a name. Service and customer are given only when they are certain."""

    item_id: int
    service_id: int | None = None
    customer_id: int | None = None
    site_id: int | None = None


@dataclass(frozen=True, slots=True)
class SiteMatch:
    """The site of a code, and its customer, if it belongs to one."""

    site_id: int
    customer_id: int | None


_BY_NAMES = """
    SELECT wanted.name, item.id,
           CASE WHEN served.services = 1 THEN served.service_id END,
           COALESCE(item.customer_id, CASE WHEN served.customers = 1 THEN served.customer_id END),
           item.site_id
    FROM unnest(%s::text[], %s::inet[]) AS wanted(name, address)
    CROSS JOIN LATERAL (
        SELECT id, customer_id, site_id FROM (
            (SELECT id, customer_id, site_id, 1 AS sureness FROM infrastructure_configurationitem
             WHERE lower(name) = lower(wanted.name) AND state <> 'retired'
             ORDER BY name = wanted.name DESC, id LIMIT 1)
            UNION ALL
            (SELECT min(id), min(customer_id), min(site_id), 2 FROM infrastructure_configurationitem
             WHERE address = wanted.address AND state <> 'retired'
             HAVING count(*) = 1)
        ) AS either ORDER BY sureness LIMIT 1
    ) AS item
    LEFT JOIN LATERAL (
        SELECT count(DISTINCT link.service_id) AS services, min(link.service_id) AS service_id,
               count(DISTINCT link.customer_id) AS customers, min(link.customer_id) AS customer_id
        FROM infrastructure_serviceitem AS link
        JOIN customers_service AS service ON service.id = link.service_id
        WHERE link.item_id = item.id AND service.state <> 'terminated'
    ) AS served ON true
"""


def items_by_names(names: Iterable[str]) -> dict[str, ItemMatch]:
    """Return the item of each text that means one, in one query.

    A text is the name of an item, whatever its case, or an address that only one item has. A shared
    item, such as a router that carries many services, belongs to no customer: it has an item and no
    service or customer.
    """
    wanted = sorted(set(names))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _BY_NAMES, [text_array(wanted), text_array(_address(name) for name in wanted)]
        )
        return {row[0]: ItemMatch(*row[1:]) for row in cursor.fetchall()}


def sites_by_codes(texts: Collection[str]) -> dict[str, SiteMatch]:
    """Return the site of each text that is a site's code, in any case; in one query."""
    if not texts:
        return {}
    spellings = {text.upper() for text in texts}.union(texts)
    rows = Site.objects.filter(code__in=spellings).values_list("code", "id", "customer_id")
    known = {code: SiteMatch(site_id, customer_id) for code, site_id, customer_id in rows}
    spelled = {text: known.get(text, known.get(text.upper())) for text in texts}
    return {text: found for text, found in spelled.items() if found is not None}


def names_of_sites(codes: Collection[str]) -> dict[str, str]:
    return dict(Site.objects.filter(code__in=codes).values_list("code", "name"))


def names_of_items(ids: Collection[int]) -> dict[int, str]:
    rows = ConfigurationItem.objects.filter(pk__in=ids)
    return dict(rows.values_list("id", "name")) if ids else {}


def codes_of_sites(ids: Collection[int]) -> dict[int, str]:
    return dict(Site.objects.filter(pk__in=ids).values_list("id", "code")) if ids else {}


def _address(text: str) -> str | None:
    if ":" not in text and not text.replace(".", "").isdecimal():
        return None
    try:
        return str(ip_address(text))
    except ValueError:
        return None
