from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.customers.models import Contact
from opale.delivery.designs.models.designs import BY_DESIGN, Design, DesignsQuerySet, DesignVersion
from opale.delivery.orders.models import OrderLine
from opale.infrastructure.domain.units import Unit
from opale.infrastructure.models import CapacityPool
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.stored_files import StoredFileRow
from opale.organisation.models import Person
from opale.reservations.models import Reservation


@tracked(creation=True)
class DesignDocument(StoredFileRow):
    """A file of a design."""

    reach_paths: ClassVar[dict[str, str]] = BY_DESIGN

    design = models.ForeignKey(Design, on_delete=models.PROTECT, related_name="documents")
    name = models.CharField(_("Name"), max_length=255)
    said_by = models.CharField(max_length=200)
    at = models.DateTimeField(default=now)

    objects = DesignsQuerySet["DesignDocument"].as_manager()

    class Meta:
        ordering = ("-id",)


@tracked(creation=True)
class Acceptance(models.Model):
    """The record of who accepted a quoted version for the customer, when, and its proof."""

    reach_paths: ClassVar[dict[str, str]] = {"customers": "version__design__customer_id"}

    version = models.OneToOneField(
        DesignVersion, on_delete=models.PROTECT, related_name="acceptance"
    )
    contact = models.ForeignKey(
        Contact,
        verbose_name=pgettext_lazy("a design", "Accepted by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    accepted_on = models.DateField(pgettext_lazy("a design", "Accepted on"))
    document = models.ForeignKey(
        DesignDocument,
        verbose_name=_("Document"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    mail = models.CharField(
        pgettext_lazy("an acceptance", "Mail that proves it"), max_length=300, blank=True
    )
    their_number = models.CharField(
        pgettext_lazy("an order", "Customer reference"), max_length=100, blank=True
    )
    said_by = models.CharField(max_length=200)
    said_at = models.DateTimeField(default=now)

    objects = DesignsQuerySet["Acceptance"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(document__isnull=False) | ~Q(mail=""),
                name="acceptance_can_be_shown",
            ),
        )


class HandedOver(models.Model):
    """A reservation that an order line inherited from its design, for the project that delivers it:
    a person, stock of a pool, or named units for the need that is counted in `need`."""

    reach_paths: ClassVar[dict[str, str]] = {"customers": "line__customer_id"}

    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=60, blank=True)
    piece = models.PositiveSmallIntegerField(default=0)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    pool = models.ForeignKey(CapacityPool, on_delete=models.PROTECT, null=True, related_name="+")
    need = models.CharField(max_length=20, blank=True, choices=Unit.choices)
    reservation = models.ForeignKey(Reservation, on_delete=models.CASCADE, related_name="+")

    objects = DesignsQuerySet["HandedOver"].as_manager()
