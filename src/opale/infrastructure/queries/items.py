"""Queries on sites and items, as far as the actor may see them."""

from ipaddress import ip_address
from typing import TypeVar

from django.db.models import BooleanField, Count, Exists, Model, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _

from opale.customers.models import Customer, CustomersQuerySet, Service
from opale.infrastructure import rights
from opale.infrastructure.models import (
    PROVIDER_KINDS,
    ConfigurationItem,
    Dependency,
    InfrastructureQuerySet,
    ServiceItem,
    Site,
    Supplier,
)
from opale.infrastructure.queries.suppliers import CARRIER
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.history import Revision, merged_revisions, revisions
from opale.kernel.trigrams import name_contains

LINKS = 200
NEWEST = 20
M = TypeVar("M", bound=Model)


def items(
    *,
    seen_by: Actor,
    text: str = "",
    kind: str = "",
    state: str = "",
    site_id: int | None = None,
    customer_id: int | None = None,
    carrier: Supplier | None = None,
) -> InfrastructureQuerySet[ConfigurationItem]:
    """Return items by part of the name, by serial number or address, and by the filters; with
    `carrier`, the circuits and links that name it.

    `shows_site` says of each whether the actor may see its site: an item of nobody may stand at a
    site of a customer.
    """
    found = ConfigurationItem.objects.visible_to(seen_by).select_related("site", "customer")
    found = found.annotate(shows_site=_shows_site(seen_by, "site_id"))
    for word in text.split():
        found = found.filter(_named(word))
    for column, wanted in (
        ("kind", kind),
        ("state", state),
        ("customer_id", customer_id),
    ):
        found = found.filter(**{column: wanted}) if wanted not in ("", None) else found
    if site_id is not None:
        found = found.filter(shows_site=True, site_id=site_id)
    return found.filter(**{f"attributes__{CARRIER}": carrier.name}) if carrier else found


def _shows_site(actor: Actor, path: str) -> Exists | Value:
    if actor.everywhere(rights.READ):
        return Value(True, output_field=BooleanField())
    return Exists(Site.objects.visible_to(actor).filter(pk=OuterRef(path)))


def visible_site(site: Site | None, *, seen_by: Actor) -> Site | None:
    """Return the site, of an item or an alert that the actor may see; None where it is hidden."""
    if site is None or seen_by.everywhere(rights.READ):
        return site
    return site if Site.objects.visible_to(seen_by).filter(pk=site.pk).exists() else None


def plain_items(*, seen_by: Actor) -> InfrastructureQuerySet[ConfigurationItem]:
    """Return items without their site and customer."""
    return ConfigurationItem.objects.visible_to(seen_by)


def plain_sites(*, seen_by: Actor) -> InfrastructureQuerySet[Site]:
    """Return sites without their customer."""
    return Site.objects.visible_to(seen_by)


def _named(word: str) -> Q:
    said = name_contains(word, "name", "serial")
    try:
        return said | Q(address=str(ip_address(word)))
    except ValueError:
        return said


def get_item(item_id: int, *, seen_by: Actor) -> ConfigurationItem:
    """Return an item. Errors: NotFound, hidden and missing alike."""
    return _first(items(seen_by=seen_by).filter(pk=item_id))


def sites(
    *, seen_by: Actor, text: str = "", kind: str = "", customer_id: int | None = None
) -> InfrastructureQuerySet[Site]:
    found = Site.objects.visible_to(seen_by).select_related("customer")
    for word in text.split():
        found = found.filter(name_contains(word, "name", "code", "city"))
    if kind:
        found = found.filter(kind=kind)
    return found.filter(customer_id=customer_id) if customer_id is not None else found


def provider_sites(found: QuerySet[M]) -> QuerySet[M]:
    """Return those of the sites where the provider houses customers: datacentres and POPs."""
    return found.filter(kind__in=PROVIDER_KINDS)


def sites_of_customer(customer: Customer) -> InfrastructureQuerySet[Site]:
    """Return a customer's sites: its own, and those where it or its services have items."""
    return Site.objects.filter(
        Q(customer=customer)
        | Q(items__customer=customer)
        | Q(items__service_links__customer=customer)
    ).distinct()


def items_of_customer(customer: Customer) -> InfrastructureQuerySet[ConfigurationItem]:
    """Return the items of a customer, and those that its services use."""
    return ConfigurationItem.objects.filter(
        Q(customer=customer) | Q(service_links__customer=customer)
    ).distinct()


def get_site_by_code(code: str, *, seen_by: Actor) -> Site:
    """Return a site by code. Errors: NotFound."""
    return _first(sites(seen_by=seen_by).filter(code=code))


def get_site(site_id: int, *, seen_by: Actor) -> Site:
    """Return a site. Errors: NotFound."""
    return _first(sites(seen_by=seen_by).filter(pk=site_id))


def kinds_at(site: Site, *, seen_by: Actor) -> list[tuple[str, int]]:
    """Return how many items of each kind are at a site, the most frequent first."""
    rows = (
        ConfigurationItem.objects.visible_to(seen_by)
        .filter(site=site)
        .exclude(state=ConfigurationItem.State.RETIRED)
        .order_by()
        .values("kind")
        .annotate(count=Count("id"))
        .order_by("-count", "kind")
    )
    labels = dict(ConfigurationItem.Kind.choices)
    return [(str(labels.get(row["kind"], row["kind"])), row["count"]) for row in rows]


def services_of(item: ConfigurationItem, *, seen_by: Actor) -> CustomersQuerySet[Service]:
    """Return the services that need the item directly."""
    rows = Service.objects.visible_to(seen_by).filter(item_links__item=item)
    return rows.select_related("customer", "offering")


def service_links_of(
    item: ConfigurationItem, *, seen_by: Actor
) -> InfrastructureQuerySet[ServiceItem]:
    """Return the links of services that need the item directly, with redundancy groups."""
    seen = Service.objects.visible_to(seen_by)
    return ServiceItem.objects.filter(item=item, service__in=seen)


def items_of(service: Service, *, seen_by: Actor) -> InfrastructureQuerySet[ServiceItem]:
    """Return the links of a service to its items, with redundancy groups.

    `shows_site` says of each whether the actor may see the site of the item.
    """
    seen = ConfigurationItem.objects.visible_to(seen_by)
    rows = ServiceItem.objects.filter(service=service, item__in=seen)
    rows = rows.annotate(shows_site=_shows_site(seen_by, "item__site_id"))
    return rows.select_related("item", "item__site").order_by("redundancy", "item__name")


def get_service_link(service_id: int, *, item: ConfigurationItem, seen_by: Actor) -> ServiceItem:
    """Return the link of a service that needs the item directly. Errors: NotFound."""
    return _first(service_links_of(item, seen_by=seen_by).filter(service_id=service_id))


def get_dependency(lower_id: int, *, item: ConfigurationItem, seen_by: Actor) -> Dependency:
    """Return the dependency of the item on another. Errors: NotFound."""
    seen = ConfigurationItem.objects.visible_to(seen_by)
    return _first(Dependency.objects.filter(upper=item, lower__in=seen, lower_id=lower_id))


def dependencies_of(item: ConfigurationItem, *, seen_by: Actor) -> list[Dependency]:
    """Return the dependencies of the item on others, direct ones only."""
    seen = ConfigurationItem.objects.visible_to(seen_by)
    rows = Dependency.objects.filter(upper=item, lower__in=seen).select_related("lower")
    return list(rows.order_by("redundancy", "lower__name")[:LINKS])


def may_edit_item(item: ConfigurationItem, actor: Actor) -> bool:
    return ConfigurationItem.objects.filter(pk=item.pk).within(actor, rights.EDIT).exists()


def _first(found: QuerySet[M]) -> M:
    row = found.first()
    if row is None:
        raise NotFound
    return row


def history_of(item: ConfigurationItem, *, seen_by: Actor) -> list[Revision]:
    """Return the changes of an item, newest first; for who sees all items, those of what it needs,
    of what needs it and of the services on it too."""
    own = revisions(ConfigurationItem, limit=NEWEST, id=item.pk)
    if not seen_by.everywhere(rights.READ):
        return own
    return merged_revisions(
        own,
        revisions(Dependency, limit=NEWEST, kind=_("a dependency"), upper_id=item.pk),
        revisions(Dependency, limit=NEWEST, kind=_("a dependent item"), lower_id=item.pk),
        revisions(ServiceItem, limit=NEWEST, kind=_("a service"), item_id=item.pk),
        limit=NEWEST,
    )
