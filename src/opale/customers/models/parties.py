"""Customers, and their contacts with what each may ask for."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.customers.models.base import BY_CUSTOMER, CustomersQuerySet
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.trigrams import trigram_index
from opale.organisation.models import Language, Person, User, WorkingCalendar


@tracked(creation=True, exclude=["phone_e164"])
class Customer(models.Model):
    """A company that signs contracts with the provider.

    `phone` is the number of its switchboard as typed, `phone_e164` as it is compared.
    """

    reach_paths: ClassVar[dict[str, str]] = {"customers": "id"}

    code = models.CharField(_("Code"), max_length=20, unique=True)
    name = models.CharField(_("Name"), max_length=200)
    language = models.CharField(_("Language"), max_length=2, choices=Language.choices)
    time_zone = models.CharField(_("Time zone"), max_length=64, default="Europe/Paris")
    calendar = models.ForeignKey(
        WorkingCalendar,
        verbose_name=_("Business hours"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    architect = models.ForeignKey(
        Person,
        verbose_name=_("Solution architect"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="portfolio",
    )
    service_manager = models.ForeignKey(
        Person,
        verbose_name=_("Service manager"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="managed_customers",
    )
    domains = models.JSONField(_("Mail domains"), default=list, blank=True)
    phone = models.CharField(_("Switchboard"), max_length=32, blank=True, db_default="")
    phone_e164 = models.CharField(max_length=16, blank=True, db_default="")
    created_at = models.DateTimeField(default=now)
    left_on = models.DateField(_("Left on"), null=True, blank=True)

    objects = CustomersQuerySet["Customer"].as_manager()

    class Meta:
        ordering = ("name", "id")
        indexes = (
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="customer_name_trigrams"),
            GinIndex(fields=["domains"], opclasses=["jsonb_path_ops"], name="customer_domains"),
            models.Index(
                OpClass("phone_e164", name="varchar_pattern_ops"),
                condition=~Q(phone_e164=""),
                name="customer_phone_e164",
            ),
            trigram_index("name", "code", name="customer_letters"),
        )

    def __str__(self) -> str:
        return self.name


@tracked(creation=True, exclude=["phone_e164"])
class Contact(models.Model):
    """A person at a customer, with what that person may ask for there.

    `phone` is the number as typed, `phone_e164` as it is compared.
    """

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER | {"contact": "id"}

    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="contacts"
    )
    user = models.OneToOneField(
        User,
        verbose_name=_("Login"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="contact",
    )
    name = models.CharField(_("Name"), max_length=200)
    email = models.EmailField(_("Email address"), blank=True)
    phone = models.CharField(_("Telephone"), max_length=32, blank=True)
    phone_e164 = models.CharField(max_length=16, blank=True, db_default="")
    language = models.CharField(_("Language"), max_length=2, choices=Language.choices)
    may_open = models.BooleanField(_("May open requests"), default=True)
    may_order = models.BooleanField(_("May order"), default=False)
    may_approve = models.BooleanField(_("May approve"), default=False)
    may_enter = models.BooleanField(_("May enter a datacentre"), default=False)
    left_on = models.DateField(_("Left on"), null=True, blank=True)

    objects = CustomersQuerySet["Contact"].as_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "email"],
                condition=~Q(email="") & Q(left_on__isnull=True),
                name="contact_email_once_per_customer",
            ),
        )
        indexes = (
            models.Index(fields=["email"], name="contact_email"),
            models.Index(
                OpClass("phone_e164", name="varchar_pattern_ops"),
                condition=~Q(phone_e164=""),
                name="contact_phone_e164",
            ),
            trigram_index("name", "email", name="contact_letters"),
        )

    def __str__(self) -> str:
        return self.name
