from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.delivery.designs.models.designs import (
    BY_VERSION,
    DesignLine,
    DesignsQuerySet,
    DesignVersion,
)
from opale.infrastructure.domain.units import Unit
from opale.infrastructure.models import CapacityPool, ConfigurationItem
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.organisation.models import Person
from opale.reservations.models import Reservation


class DesignCheck(models.Model):
    """The result of checking a version against stock and load, written once and never changed.

    `result` is what people read, `looked_at` its inputs: the check is stale once they differ.
    `p50_on` and `p80_on` are days that the go-live keeps with that chance in a hundred,
    `wished_share` the chance of the wished day. Source: docs/rules/designs.md, "The check".
    """

    reach_paths: ClassVar[dict[str, str]] = BY_VERSION

    version = models.ForeignKey(
        DesignVersion, on_delete=models.PROTECT, related_name="checks", db_index=False
    )
    made_by = models.CharField(max_length=200)
    made_at = models.DateTimeField(default=now)
    feasible = models.BooleanField()
    earliest_on = models.DateField(null=True)
    p50_on = models.DateField(null=True)
    p80_on = models.DateField(null=True)
    wished_on = models.DateField(null=True)
    wished_share = models.PositiveSmallIntegerField(null=True)
    result = models.JSONField(default=dict)
    looked_at = models.JSONField(default=dict)

    objects = DesignsQuerySet["DesignCheck"].as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(feasible=False) | Q(earliest_on__isnull=False),
                name="feasible_check_has_a_day",
            ),
        )
        indexes = (models.Index(fields=["version", "-id"], name="newest_check"),)


@tracked(creation=True)
class DesignPlace(models.Model):
    """The named units chosen for a line's need that is counted in `unit`: U12 to U15 of a rack.
    They are reserved with everything else that the version holds."""

    reach_paths: ClassVar[dict[str, str]] = BY_VERSION

    version = models.ForeignKey(DesignVersion, on_delete=models.PROTECT, related_name="places")
    line = models.ForeignKey(DesignLine, on_delete=models.CASCADE, related_name="places")
    unit = models.CharField(_("Unit"), max_length=20, choices=Unit.choices)
    item = models.ForeignKey(
        ConfigurationItem, verbose_name=_("Item"), on_delete=models.PROTECT, related_name="+"
    )
    units = models.JSONField(pgettext_lazy("of an item", "Units"), default=list)

    objects = DesignsQuerySet["DesignPlace"].as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["line", "unit"], name="design_place_once"),)


class Hold(models.Model):
    """One reserved thing of a version, and the line and work that it is for.

    It is a person for the copy `piece` of the step `key`, stock of a pool, or a named unit of an
    item for the need that is counted in `need`. It is written with the reservation, and read again
    when the version becomes an order.
    """

    reach_paths: ClassVar[dict[str, str]] = BY_VERSION

    version = models.ForeignKey(DesignVersion, on_delete=models.PROTECT, related_name="holds")
    reservation = models.ForeignKey(Reservation, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(DesignLine, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=60, blank=True)
    piece = models.PositiveSmallIntegerField(default=0)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    pool = models.ForeignKey(CapacityPool, on_delete=models.PROTECT, null=True, related_name="+")
    item = models.ForeignKey(
        ConfigurationItem, on_delete=models.PROTECT, null=True, related_name="+"
    )
    unit = models.CharField(max_length=40, blank=True)
    need = models.CharField(max_length=20, blank=True, choices=Unit.choices)
    quantity = models.DecimalField(
        pgettext_lazy("a hold", "Quantity"), max_digits=12, decimal_places=2
    )
    since = models.DateField()
    until = models.DateField(null=True)

    objects = DesignsQuerySet["Hold"].as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(person__isnull=False, pool=None, item=None, until__isnull=False)
                | Q(person=None, pool__isnull=False, item=None)
                | Q(person=None, pool=None, item__isnull=False) & ~Q(unit="") & ~Q(need=""),
                name="hold_of_one_thing",
            ),
        )
