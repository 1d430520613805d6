from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.customers.models import Customer, Service
from opale.infrastructure.domain.units import Unit
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.owned import M, OwnedQuerySet
from opale.kernel.trigrams import trigram_index
from opale.organisation.models import Language, WorkingCalendar

BY_CUSTOMER: dict[str, str] = {"customers": "customer_id"}


class InfrastructureQuerySet(OwnedQuerySet[M]):
    read_right = "infrastructure.read"


@tracked(creation=True)
class Site(models.Model):
    class Kind(models.TextChoices):
        DATACENTRE = "datacentre", _("Datacentre")
        POP = "pop", _("Point of presence")
        CUSTOMER_SITE = "customer_site", _("Customer site")
        OFFICE = "office", _("Office")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER | {"sites": "id"}

    code = models.CharField(_("Code"), max_length=20, unique=True)
    name = models.CharField(_("Name"), max_length=200)
    kind = models.CharField(_("Kind"), max_length=20, choices=Kind.choices)
    customer = models.ForeignKey(
        Customer,
        verbose_name=_("Customer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sites",
    )
    address = models.CharField(_("Address"), max_length=300, blank=True)
    city = models.CharField(_("City"), max_length=100, blank=True)
    country = models.CharField(_("Country"), max_length=2)
    time_zone = models.CharField(_("Time zone"), max_length=64, default="Europe/Paris")

    objects = InfrastructureQuerySet["Site"].as_manager()

    class Meta:
        ordering = ("name", "id")
        indexes = (trigram_index("name", "code", "city", name="site_letters"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_of_provider(self) -> bool:
        """Return whether the provider houses customers there, so that its stock is used."""
        return self.kind in PROVIDER_KINDS


PROVIDER_KINDS = (Site.Kind.DATACENTRE, Site.Kind.POP)
"""The kinds of sites where the provider houses customers."""


@tracked(creation=True)
class ConfigurationItem(models.Model):
    """A thing that is operated: a router, a link, a host, a circuit, a rack."""

    class Kind(models.TextChoices):
        ROUTER = "router", _("Router")
        SWITCH = "switch", _("Switch")
        FIREWALL = "firewall", _("Firewall")
        LINK = "link", _("Link")
        CIRCUIT = "circuit", _("Circuit")
        HOST = "host", _("Host")
        VIRTUAL_MACHINE = "virtual_machine", _("Virtual machine")
        STORAGE = "storage", _("Storage")
        RACK = "rack", _("Rack")
        POWER_FEED = "power_feed", _("Power feed")
        COOLING = "cooling", _("Cooling unit")
        APPLICATION = "application", _("Application")
        CORE_SYSTEM = "core_system", _("Core system")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        IN_SERVICE = "in_service", _("In service")
        MAINTENANCE = "maintenance", _("In maintenance")
        RETIRED = "retired", _("Retired")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER | {"sites": "site_id"}

    name = models.CharField(_("Name"), max_length=200, unique=True)
    kind = models.CharField(_("Kind"), max_length=20, choices=Kind.choices)
    state = models.CharField(
        _("State"), max_length=20, choices=State.choices, default=State.IN_SERVICE
    )
    site = models.ForeignKey(
        Site,
        verbose_name=_("Site"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="items",
    )
    customer = models.ForeignKey(
        Customer,
        verbose_name=_("Customer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="items",
    )
    address = models.GenericIPAddressField(_("Address"), null=True, blank=True)
    serial = models.CharField(_("Serial number"), max_length=100, blank=True)
    attributes = models.JSONField(_("Attributes"), default=dict, blank=True)

    objects = InfrastructureQuerySet["ConfigurationItem"].as_manager()

    class Meta:
        ordering = ("name", "id")
        indexes = (
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="item_name_trigrams"),
            models.Index(Lower("name"), name="item_name_lower"),
            models.Index(fields=["address"], name="item_address"),
            models.Index(fields=["kind", "name"], name="item_kind_name"),
            trigram_index("name", "serial", name="item_letters"),
        )

    def __str__(self) -> str:
        return self.name


@tracked(creation=True)
class Dependency(models.Model):
    """A dependency: `upper` needs `lower`. Lowers of one `redundancy` group replace each other."""

    upper = models.ForeignKey(
        ConfigurationItem,
        verbose_name=_("Dependent item"),
        on_delete=models.CASCADE,
        related_name="needs_links",
    )
    lower = models.ForeignKey(
        ConfigurationItem,
        verbose_name=_("Required item"),
        on_delete=models.CASCADE,
        related_name="carries_links",
    )
    redundancy = models.CharField(_("Redundancy group"), max_length=40, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["upper", "lower"], name="dependency_once"),
            models.CheckConstraint(condition=~Q(upper=F("lower")), name="dependency_not_of_itself"),
        )


@tracked(creation=True)
class ServiceItem(models.Model):
    """A link between a service and an item that it needs directly."""

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="+"
    )
    service = models.ForeignKey(
        Service, verbose_name=_("Service"), on_delete=models.CASCADE, related_name="item_links"
    )
    item = models.ForeignKey(
        ConfigurationItem,
        verbose_name=_("Item"),
        on_delete=models.CASCADE,
        related_name="service_links",
    )
    redundancy = models.CharField(_("Redundancy group"), max_length=40, blank=True)

    objects = InfrastructureQuerySet["ServiceItem"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["service", "item"], name="service_item_once"),
        )


@tracked(creation=True)
class Supplier(models.Model):
    """A company that delivers to the provider: a carrier, a maker's support, a building's owner.

    The two times are what it promises us; without calendar they run day and night.
    """

    class Kind(models.TextChoices):
        CARRIER = "carrier", _("Carrier")
        HARDWARE = "hardware", _("Hardware")
        SOFTWARE = "software", _("Software")
        FACILITY = "facility", _("Building and energy")
        OTHER = "other", _("Other")

    name = models.CharField(_("Name"), max_length=200, unique=True)
    kind = models.CharField(_("Kind"), max_length=20, choices=Kind.choices)
    email = models.EmailField(_("Email address"), blank=True)
    phone = models.CharField(_("Telephone"), max_length=32, blank=True)
    portal = models.URLField(_("Portal"), blank=True)
    language = models.CharField(_("Language"), max_length=2, choices=Language.choices)
    accepts_within = models.DurationField(_("Accepts within"), null=True, blank=True)
    restores_within = models.DurationField(_("Restores within"), null=True, blank=True)
    calendar = models.ForeignKey(
        WorkingCalendar,
        verbose_name=_("Hours"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    left_on = models.DateField(_("Left on"), null=True, blank=True)

    objects = InfrastructureQuerySet["Supplier"].as_manager()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


@tracked(creation=True)
class ItemActivity(models.Model):
    """Planned work or a change on an item, recorded by the apps above.

    `source` names the writer and its row (`changes.change:12`). Work that interrupts services on
    the item is planned unavailability.
    """

    class Kind(models.TextChoices):
        PLANNED_WORK = "planned_work", _("Planned work")
        CHANGE = "change", _("RUN change")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    item = models.ForeignKey(ConfigurationItem, on_delete=models.PROTECT, related_name="activities")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    title = models.CharField(max_length=200)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    interrupts = models.BooleanField(default=False)
    source = models.CharField(max_length=60)
    url = models.CharField(max_length=300, blank=True)
    written_at = models.DateTimeField(default=now)

    objects = InfrastructureQuerySet["ItemActivity"].as_manager()

    class Meta:
        ordering = ("starts", "id")
        constraints = (
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="activity_lasts"),
            models.UniqueConstraint(fields=["item", "source"], name="activity_once"),
        )
        indexes = (models.Index(fields=["item", "starts"], name="activity_item"),)


@tracked(creation=True)
class CapacityPool(models.Model):
    """A shared quantity: kilowatts of a room, rack units of a hall.

    Pools of one unit are a tree: what is held of a pool is held of those above it. The capacity of
    a derived pool is kept by the database: that which its item states, else the sum of its parts.
    """

    reach_paths: ClassVar[dict[str, str]] = {"sites": "site_id"}

    name = models.CharField(_("Name"), max_length=200, unique=True)
    site = models.ForeignKey(
        Site, verbose_name=_("Site"), on_delete=models.PROTECT, null=True, related_name="pools"
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=pgettext_lazy("a pool of stock", "Part of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
    )
    item = models.ForeignKey(
        ConfigurationItem,
        verbose_name=_("Item"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="pools",
    )
    unit = models.CharField(_("Unit"), max_length=20, choices=Unit.choices)
    derived = models.BooleanField(_("Derived"), default=False, db_default=False)
    capacity = models.DecimalField(
        _("Capacity"), max_digits=12, decimal_places=2, default=0, db_default=0
    )

    objects = InfrastructureQuerySet["CapacityPool"].as_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(condition=Q(capacity__gte=0), name="pool_capacity_counts"),
            models.CheckConstraint(condition=Q(unit__in=Unit.values), name="pool_unit_is_known"),
            models.UniqueConstraint(fields=["item", "unit"], name="one_pool_of_an_item"),
        )

    def __str__(self) -> str:
        return self.name
