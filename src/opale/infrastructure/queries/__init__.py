"""Reading the infrastructure: every list starts with who is asking."""

from opale.infrastructure.queries.beneath import items_beneath
from opale.infrastructure.queries.impact import (
    COUNTED,
    MOST_SERVICES,
    Failure,
    Impact,
    failure_of,
    hit_ids,
    hit_services,
    impact_of,
)
from opale.infrastructure.queries.lists import (
    carried_by,
    get_item,
    get_site,
    items,
    items_of,
    kinds_at,
    may_edit_item,
    needed_by,
    plain_items,
    plain_sites,
    services_of,
    site_coded,
    sites,
)
from opale.infrastructure.queries.matching import (
    ItemMatch,
    SiteMatch,
    item_named,
    items_by_names,
    sites_by_codes,
)
from opale.infrastructure.queries.neighbourhood import (
    Link,
    Neighbour,
    Neighbourhood,
    neighbourhood,
)
from opale.infrastructure.queries.search import (
    Found,
    search,
)
from opale.infrastructure.queries.suppliers import (
    carriers_of,
    get_supplier,
    items_carried_by,
    plain_suppliers,
    suppliers,
)

__all__ = [
    "COUNTED",
    "MOST_SERVICES",
    "Failure",
    "Found",
    "Impact",
    "ItemMatch",
    "Link",
    "Neighbour",
    "Neighbourhood",
    "SiteMatch",
    "carried_by",
    "carriers_of",
    "failure_of",
    "get_item",
    "get_site",
    "get_supplier",
    "hit_ids",
    "hit_services",
    "impact_of",
    "item_named",
    "items",
    "items_beneath",
    "items_by_names",
    "items_carried_by",
    "items_of",
    "kinds_at",
    "may_edit_item",
    "needed_by",
    "neighbourhood",
    "plain_items",
    "plain_sites",
    "plain_suppliers",
    "search",
    "services_of",
    "site_coded",
    "sites",
    "sites_by_codes",
    "suppliers",
]
