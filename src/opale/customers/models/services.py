"""The catalogue, and the services that customers have bought."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from opale.customers.models.base import BY_CUSTOMER, CustomersQuerySet
from opale.customers.models.parties import Customer
from opale.kernel.history import tracked
from opale.kernel.trigrams import trigram_index


class Family(models.TextChoices):
    COLOCATION = "colocation", _("Colocation")
    CONNECTIVITY = "connectivity", _("Connectivity")
    VPN = "vpn", _("VPN")
    MANAGED_HOSTING = "managed_hosting", _("Managed hosting")
    OTHER = "other", _("Other")


@tracked(creation=True)
class Offering(models.Model):
    """An item of the catalogue.

    `options` names its options: `key` is their name in designs, orders and programs, `name_en` and
    `name_fr` their names for people, `unit` their unit.
    """

    code = models.CharField(_("Code"), max_length=40, unique=True)
    family = models.CharField(_("Family"), max_length=20, choices=Family.choices)
    name_en = models.CharField(_("English name"), max_length=200)
    name_fr = models.CharField(_("French name"), max_length=200)
    options = models.JSONField(_("Options"), default=list, blank=True)
    retired_on = models.DateField(_("Retired on"), null=True, blank=True)

    objects = CustomersQuerySet["Offering"].as_manager()

    class Meta:
        ordering = ("family", "code")

    def __str__(self) -> str:
        return self.code


@tracked(creation=True)
class Service(models.Model):
    """A service that a customer has bought; a circuit or an access of a VPN is a child service."""

    class State(models.TextChoices):
        FEASIBILITY_CHECKED = "feasibilityChecked", _("Feasibility checked")
        DESIGNED = "designed", _("Designed")
        RESERVED = "reserved", _("Reserved")
        INACTIVE = "inactive", _("Inactive")
        ACTIVE = "active", _("Active")
        TERMINATED = "terminated", _("Terminated")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="services"
    )
    offering = models.ForeignKey(
        Offering, verbose_name=_("Offering"), on_delete=models.PROTECT, related_name="services"
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("Part of"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
    )
    reference = models.CharField(_("Service reference"), max_length=40, unique=True)
    name = models.CharField(_("Name"), max_length=200)
    state = models.CharField(
        _("State"), max_length=20, choices=State.choices, default=State.DESIGNED
    )
    started_on = models.DateField(_("In service since"), null=True, blank=True)
    ended_on = models.DateField(_("Ended on"), null=True, blank=True)
    monthly_fee = models.DecimalField(
        _("Monthly fee"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("Currency"), max_length=3, default="EUR")

    objects = CustomersQuerySet["Service"].as_manager()

    class Meta:
        ordering = ("name", "id")
        indexes = (
            models.Index(fields=["customer", "state"], name="service_customer_state"),
            trigram_index("name", "reference", name="service_letters"),
        )

    def __str__(self) -> str:
        return self.name
