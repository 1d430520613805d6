from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.customers.models import Contact, Customer, Offering, Service
from opale.delivery.orders.rights import READ
from opale.delivery.orders.states import LINE_STATES, CancellationState, OrderState
from opale.infrastructure.models import Site
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.owned import M, OwnedQuerySet

BY_CUSTOMER: dict[str, str] = {"customers": "customer_id"}


class OrdersQuerySet(OwnedQuerySet[M]):
    read_right = READ


@tracked(creation=True)
class Order(models.Model):
    """An order of a customer (« bon de commande »), or an order of what BUILD delivers for it.

    `ordered_text` and `wanted_text` are timestamps as the sender wrote them; `said` is everything
    else that a program said, as given. `reason` is why it was rejected, held or cancelled. Source:
    docs/rules/orders.md.
    """

    class Level(models.TextChoices):
        PRODUCT = "product", pgettext_lazy("an order", "Product order")
        SERVICE = "service", pgettext_lazy("an order", "Service order")

    class Kind(models.TextChoices):
        NEW = "new", pgettext_lazy("an order", "New")
        MODIFICATION = "modification", pgettext_lazy("an order", "Modification")
        MOVE = "move", pgettext_lazy("an order", "Move")
        TERMINATION = "termination", pgettext_lazy("an order", "Termination")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    number = models.BigIntegerField(unique=True)
    level = models.CharField(max_length=8, choices=Level.choices, default=Level.PRODUCT)
    kind = models.CharField(
        pgettext_lazy("an order", "Kind"), max_length=12, choices=Kind.choices, default=Kind.NEW
    )
    state = models.CharField(
        _("State"), max_length=24, choices=OrderState.choices, default=OrderState.ACKNOWLEDGED
    )
    customer = models.ForeignKey(
        Customer,
        verbose_name=_("Customer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="orders",
    )
    contact = models.ForeignKey(
        Contact,
        verbose_name=pgettext_lazy("an order", "Ordered by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    parties = models.JSONField(_("Related parties"), default=list)
    external_id = models.CharField(
        pgettext_lazy("an order", "Customer reference"), max_length=100, blank=True
    )
    description = models.TextField(_("Description"), blank=True)
    category = models.CharField(_("Category"), max_length=100, blank=True)
    priority = models.CharField(_("Priority"), max_length=40, blank=True)
    ordered_at = models.DateTimeField(pgettext_lazy("an order", "Ordered"), default=now)
    ordered_text = models.CharField(
        pgettext_lazy("an order", "Ordered on, as received"), max_length=40
    )
    wanted_at = models.DateTimeField(
        pgettext_lazy("an order", "Wanted date"), null=True, blank=True
    )
    wanted_text = models.CharField(
        pgettext_lazy("an order", "Wanted date, as received"), max_length=40, blank=True
    )
    said = models.JSONField(pgettext_lazy("an order", "Other data received"), default=dict)
    reason = models.CharField(_("Reason"), max_length=300, blank=True)
    completed_at = models.DateTimeField(pgettext_lazy("an order", "Completed at"), null=True)
    cancelled_at = models.DateTimeField(pgettext_lazy("an order", "Cancelled at"), null=True)

    objects = OrdersQuerySet["Order"].as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | ~Q(state="cancelled") & Q(cancelled_at=None),
                name="order_cancellation_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["completed", "partial"], completed_at__isnull=False)
                | ~Q(state__in=["completed", "partial"]) & Q(completed_at=None),
                name="order_completion_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(wanted_text="", wanted_at=None)
                | ~Q(wanted_text="") & Q(wanted_at__isnull=False),
                name="order_wanted_as_written",
            ),
        )
        indexes = (
            models.Index(fields=["level", "-number"], name="order_newest"),
            models.Index(
                fields=["external_id"], name="order_external", condition=~Q(external_id="")
            ),
            models.Index(
                fields=["customer"], name="order_to_begin", condition=Q(state="acknowledged")
            ),
            GinIndex(fields=["said"], opclasses=["jsonb_path_ops"], name="order_said"),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"O-{self.number}"

    @property
    def source(self) -> str:
        """Return the source of reservations for the whole order."""
        return f"orders.order:{self.pk}"

    @property
    def topic(self) -> str:
        return f"orders.order:{self.pk}"


@tracked(creation=True)
class OrderLine(models.Model):
    """One item of an order. `item_id` is its name within the order, given by the sender.

    With `add` it names an offering, else the service that changes. `site` is where it is
    delivered: one of the customer's sites, or of ours. `said` is the item as a program
    gave it. Lines may go live on different dates: their own `wanted_at` overrides the order's.
    """

    class Action(models.TextChoices):
        ADD = "add", pgettext_lazy("a line of an order", "Add")
        MODIFY = "modify", pgettext_lazy("a line of an order", "Modify")
        DELETE = "delete", pgettext_lazy("a line of an order", "Terminate")
        NO_CHANGE = "noChange", pgettext_lazy("a line of an order", "No change")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    order = models.ForeignKey(
        Order,
        on_delete=models.CASCADE,
        related_name="lines",
        db_index=False,  # order_item_once begins with it
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    position = models.PositiveSmallIntegerField()
    item_id = models.CharField(max_length=100)
    action = models.CharField(max_length=8, choices=Action.choices, default=Action.ADD)
    state = models.CharField(
        _("State"), max_length=24, choices=LINE_STATES, default=OrderState.ACKNOWLEDGED
    )
    offering = models.ForeignKey(
        Offering,
        verbose_name=_("Offering"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    service = models.ForeignKey(
        Service,
        verbose_name=_("Service"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="order_lines",
    )
    site = models.ForeignKey(
        Site,
        verbose_name=_("Site"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="order_lines",
    )
    quantity = models.PositiveIntegerField(_("Quantity"), default=1)
    characteristics = models.JSONField(_("Characteristics"), default=dict)
    wanted_at = models.DateTimeField(
        pgettext_lazy("an order", "Wanted date"), null=True, blank=True
    )
    wanted_text = models.CharField(
        pgettext_lazy("an order", "Wanted date, as received"), max_length=40, blank=True
    )
    said = models.JSONField(pgettext_lazy("an order", "Other data received"), default=dict)

    objects = OrdersQuerySet["OrderLine"].as_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=["order", "item_id"], name="order_item_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_line_of_something"),
            models.CheckConstraint(
                condition=Q(wanted_text="", wanted_at=None)
                | ~Q(wanted_text="") & Q(wanted_at__isnull=False),
                name="order_line_wanted_as_written",
            ),
        )
        indexes = (GinIndex(fields=["said"], opclasses=["jsonb_path_ops"], name="order_line_said"),)

    def __str__(self) -> str:
        return self.item_id

    @property
    def source(self) -> str:
        """Return the source of reservations for this line."""
        return f"orders.orderline:{self.pk}"


@tracked(creation=True)
class Cancellation(models.Model):
    """A cancellation requested by a program, at once or for a day: a task of TMF622 and TMF641.

    `reason` is why, `obstacle` why it was not carried out: the order's state, or that the request
    was withdrawn. `wanted_text` is the requested time as the caller wrote it, `said` what else the
    caller said. Source: docs/rules/orders.md.
    """

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="cancellations")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(
        _("State"),
        max_length=24,
        choices=CancellationState.choices,
        default=CancellationState.ACKNOWLEDGED,
    )
    reason = models.CharField(_("Reason"), max_length=300, blank=True)
    obstacle = models.CharField(
        pgettext_lazy("a cancellation", "Reason not carried out"), max_length=24, blank=True
    )
    asked_at = models.DateTimeField(pgettext_lazy("a cancellation", "Requested"), default=now)
    wanted_at = models.DateTimeField(
        pgettext_lazy("a cancellation", "Effective date"), null=True, blank=True
    )
    wanted_text = models.CharField(
        pgettext_lazy("a cancellation", "Effective date, as received"), max_length=40, blank=True
    )
    said = models.JSONField(pgettext_lazy("an order", "Other data received"), default=dict)
    ended_at = models.DateTimeField(pgettext_lazy("a cancellation", "Ended"), null=True)

    objects = OrdersQuerySet["Cancellation"].as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state="acknowledged", ended_at=None)
                | ~Q(state="acknowledged") & Q(ended_at__isnull=False),
                name="order_cancellation_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(state="terminatedWithError") & ~Q(obstacle="")
                | ~Q(state="terminatedWithError") & Q(obstacle=""),
                name="order_cancellation_says_why_not",
            ),
            models.CheckConstraint(
                condition=Q(wanted_text="", wanted_at=None)
                | ~Q(wanted_text="") & Q(wanted_at__isnull=False),
                name="order_cancellation_wanted_as_written",
            ),
        )
        indexes = (
            models.Index(
                fields=["wanted_at"],
                name="order_cancellation_due",
                condition=Q(state="acknowledged"),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)
