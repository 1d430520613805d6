from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.customers.models import Customer, Offering
from opale.delivery.designs.rights import READ
from opale.delivery.designs.states import DesignState
from opale.delivery.orders.models import Order
from opale.infrastructure.models import Site
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.owned import M, OwnedQuerySet
from opale.organisation.models import Person


class DesignsQuerySet(OwnedQuerySet[M]):
    read_right = READ


@tracked(creation=True)
class Design(models.Model):
    """A solution that an architect draws up for a customer; `version` is the number of the present
    version. `reason` is why it was declined or withdrawn.

    Source: docs/rules/designs.md.
    """

    reach_paths: ClassVar[dict[str, str]] = {"customers": "customer_id"}

    number = models.BigIntegerField(unique=True)
    customer = models.ForeignKey(
        Customer, verbose_name=_("Customer"), on_delete=models.PROTECT, related_name="designs"
    )
    title = models.CharField(pgettext_lazy("a design", "Title"), max_length=200)
    requirements = models.TextField(pgettext_lazy("a design", "Requirements"), blank=True)
    architect = models.ForeignKey(
        Person,
        verbose_name=_("Solution architect"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="designs",
    )
    wished_on = models.DateField(pgettext_lazy("a design", "Wanted date"), null=True, blank=True)
    probability = models.PositiveSmallIntegerField(_("Probability"), default=50)
    state = models.CharField(
        _("State"), max_length=9, choices=DesignState.choices, default=DesignState.DRAFT
    )
    version = models.PositiveSmallIntegerField(pgettext_lazy("of a design", "Version"), default=1)
    reason = models.CharField(_("Reason"), max_length=300, blank=True)
    order = models.OneToOneField(
        Order,
        verbose_name=pgettext_lazy("a purchase order", "Order"),
        on_delete=models.PROTECT,
        null=True,
        related_name="design",
    )
    made_at = models.DateTimeField(default=now)

    objects = DesignsQuerySet["Design"].as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.CheckConstraint(
                condition=Q(probability__range=(0, 100)), name="design_probability_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", order__isnull=False)
                | ~Q(state="accepted") & Q(order=None),
                name="design_accepted_is_ordered",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | ~Q(reason=""), name="design_declined_says_why"
            ),
        )
        indexes = (
            models.Index(
                fields=["customer"],
                name="design_open",
                condition=Q(state__in=["draft", "checked", "quoted"]),
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"D-{self.number}"

    @property
    def topic(self) -> str:
        return f"designs.design:{self.pk}"


BY_DESIGN: dict[str, str] = {"customers": "design__customer_id"}
BY_VERSION: dict[str, str] = {"customers": "version__design__customer_id"}


@tracked(creation=True, exclude=("sized_at",))
class DesignVersion(models.Model):
    """One sizing of a design. Once quoted, the database refuses to change it.

    `sized_at` is when its sites or lines last changed: an older check is stale.
    """

    SOURCE: ClassVar[str] = "designs.designversion:"
    """How the sources of reservations of versions begin."""

    reach_paths: ClassVar[dict[str, str]] = BY_DESIGN

    design = models.ForeignKey(
        Design, on_delete=models.PROTECT, related_name="versions", db_index=False
    )
    number = models.PositiveSmallIntegerField(pgettext_lazy("of a design", "Version"))
    note = models.CharField(pgettext_lazy("a version", "What changed"), max_length=300, blank=True)
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField(default=now)
    sized_at = models.DateTimeField(default=now)
    frozen_at = models.DateTimeField(pgettext_lazy("a version", "Quoted at"), null=True)

    objects = DesignsQuerySet["DesignVersion"].as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=["design", "number"], name="design_version_once"),
        )

    def __str__(self) -> str:
        return f"v{self.number}"

    @property
    def source(self) -> str:
        """Return the source under which its tentative reservations are held."""
        return f"{self.SOURCE}{self.pk}"


@tracked(creation=True)
class DesignSite(models.Model):
    """A site of a version. `place` is the known site; stock is taken where it is one of our
    datacentres."""

    reach_paths: ClassVar[dict[str, str]] = BY_VERSION

    version = models.ForeignKey(DesignVersion, on_delete=models.CASCADE, related_name="sites")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("Name"), max_length=200)
    address = models.CharField(_("Address"), max_length=300, blank=True)
    place = models.ForeignKey(
        Site,
        verbose_name=_("Site"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = DesignsQuerySet["DesignSite"].as_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=["version", "name"], name="design_site_named_once"),
        )

    def __str__(self) -> str:
        return self.name


@tracked(creation=True)
class DesignLine(models.Model):
    """A quantity of an offering with its options, at a site or for the whole design."""

    reach_paths: ClassVar[dict[str, str]] = BY_VERSION

    version = models.ForeignKey(DesignVersion, on_delete=models.CASCADE, related_name="lines")
    site = models.ForeignKey(
        DesignSite,
        verbose_name=_("Site"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="lines",
    )
    position = models.PositiveSmallIntegerField()
    offering = models.ForeignKey(
        Offering, verbose_name=_("Offering"), on_delete=models.PROTECT, related_name="+"
    )
    quantity = models.PositiveIntegerField(_("Quantity"), default=1)
    options = models.JSONField(pgettext_lazy("a design", "Options"), default=dict)

    objects = DesignsQuerySet["DesignLine"].as_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gt=0), name="design_line_of_something"),
        )
