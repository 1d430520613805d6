"""Which item a name means, and so which service and customer: asked for whole batches of events."""

from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address

from django.db.models import Count, Min, Q

from opale.infrastructure.models import ConfigurationItem, ServiceItem


@dataclass(frozen=True, slots=True)
class ItemMatch:
    """An item found by its name or address; the service and customer only when they are one."""

    item_id: int
    service_id: int | None
    customer_id: int | None


def items_by_names(names: Collection[str]) -> dict[str, ItemMatch]:
    """The items that these names or addresses mean, in two queries however many names.

    A service is named only where exactly one stands on the item: none rather than a wrong one.
    """
    wanted = {name.strip().lower() for name in names if name.strip()}
    if not wanted:
        return {}
    addresses = {name for name in wanted if _is_address(name)}
    rows = list(
        ConfigurationItem.objects.filter(
            Q(name__in={*names, *wanted}) | Q(address__in=addresses)
        ).values_list("pk", "name", "address", "customer_id")
    )
    services = _only_services({pk for pk, *_ in rows})
    found: dict[str, ItemMatch] = {}
    for pk, name, address, customer_id in rows:
        service_id, service_customer = services.get(pk, (None, None))
        match = ItemMatch(pk, service_id, customer_id or service_customer)
        for key in (name.lower(), str(address) if address else ""):
            if key in wanted:
                found.setdefault(key, match)
    return {name: found[name.strip().lower()] for name in names if name.strip().lower() in found}


def _only_services(item_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Of each item on which exactly one service stands: the service and its customer."""
    rows = (
        ServiceItem.objects.filter(item_id__in=item_ids)
        .values("item_id")
        .annotate(service=Min("service_id"), customer=Min("customer_id"), standing=Count("id"))
        .filter(standing=1)
    )
    return {row["item_id"]: (row["service"], row["customer"]) for row in rows}


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
