"""The labels of an integration's events that name what they are about."""

from dataclasses import dataclass, field
from typing import Final

ITEM_LABELS: Final = (
    "item",
    "host",
    "hostname",
    "host_name",
    "node",
    "device",
    "circuit",
    "link",
    "server",
    "vm",
    "instance",
    "resource",
)
SERVICE_LABELS: Final = ("service", "service_reference", "service_ref", "service_id")
CUSTOMER_LABELS: Final = ("customer", "customer_code", "customer_id", "client", "tenant")

SITE_LABELS: Final = ("site", "site_code", "location", "pop", "datacentre", "datacenter")


@dataclass(frozen=True, slots=True)
class LabelMapping:
    """The labels that may name an item, a service, a customer or a site, in order of precedence."""

    items: tuple[str, ...] = ITEM_LABELS
    services: tuple[str, ...] = SERVICE_LABELS
    customers: tuple[str, ...] = CUSTOMER_LABELS
    sites: tuple[str, ...] = SITE_LABELS
    labels: tuple[str, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        every = (*self.items, *self.services, *self.customers, *self.sites)
        object.__setattr__(self, "labels", tuple(dict.fromkeys(every)))


DEFAULT_LABEL_MAPPING: Final = LabelMapping()
