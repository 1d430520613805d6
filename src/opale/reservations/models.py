from datetime import date, timedelta
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.customers.models import Customer
from opale.infrastructure.models import CapacityPool, ConfigurationItem
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.owned import M, OwnedQuerySet
from opale.organisation.models import Person
from opale.reservations.rights import READ
from opale.reservations.states import ReservationState


class ReservationsQuerySet(OwnedQuerySet[M]):
    read_right = READ


@tracked(creation=True)
class Reservation(models.Model):
    """A reservation for a purpose: all of its lines are held, or none.

    `source` names the row of another app for which it is made (`orders.orderline:12`).
    """

    reach_paths: ClassVar[dict[str, str]] = {"customers": "customer_id", "person": "holder_id"}

    purpose = models.CharField(pgettext_lazy("a reservation", "Purpose"), max_length=200)
    source = models.CharField(max_length=60, blank=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="reservations"
    )
    holder = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="reservations_held"
    )
    state = models.CharField(
        max_length=10, choices=ReservationState.choices, default=ReservationState.PROPOSED
    )
    probability = models.PositiveSmallIntegerField(_("Probability"), null=True, blank=True)
    expires_at = models.DateTimeField(_("Expires"), null=True, blank=True)
    approved_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approval_reason = models.CharField(_("Reason"), max_length=300, blank=True)
    made_at = models.DateTimeField(default=now)

    objects = ReservationsQuerySet["Reservation"].as_manager()

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(state="tentative")
                | Q(probability__isnull=False, expires_at__isnull=False),
                name="tentative_ends",
            ),
            models.CheckConstraint(
                condition=Q(probability=None) | Q(probability__range=(0, 100)),
                name="probability_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approval_reason="")
                | (Q(approved_by__isnull=False) & ~Q(approval_reason="")),
                name="overbooking_has_a_name_and_a_reason",
            ),
        )
        indexes = (
            models.Index(fields=["source"], name="reservation_source"),
            models.Index(
                fields=["expires_at"], name="reservation_expiry", condition=Q(state="tentative")
            ),
        )

    def __str__(self) -> str:
        return self.purpose

    @property
    def topic(self) -> str:
        return f"reservations.reservation:{self.pk}"


@tracked(creation=True)
class ReservationLine(models.Model):
    """Hours a day of a person, a quantity of a pool, or one unit of an item.

    `holds` follows the reservation's state, by trigger. `days` ends before its upper bound; a pool
    or a unit may be held without end.
    """

    reach_paths: ClassVar[dict[str, str]] = {
        "customers": "reservation__customer_id",
        "person": "reservation__holder_id",
    }

    reservation = models.ForeignKey(Reservation, on_delete=models.CASCADE, related_name="lines")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="reserved_lines"
    )
    pool = models.ForeignKey(
        CapacityPool, on_delete=models.PROTECT, null=True, related_name="reserved_lines"
    )
    item = models.ForeignKey(
        ConfigurationItem, on_delete=models.PROTECT, null=True, related_name="reserved_lines"
    )
    unit = models.CharField(max_length=40, blank=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=2, default=1)
    days = DateRangeField()
    overbooked = models.BooleanField(default=False, db_default=False)
    holds = models.BooleanField(default=False, db_default=False, editable=False)

    objects = ReservationsQuerySet["ReservationLine"].as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(person__isnull=False, pool=None, item=None, unit="")
                | Q(person=None, pool__isnull=False, item=None, unit="")
                | (Q(person=None, pool=None, item__isnull=False) & ~Q(unit="")),
                name="line_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_of_something"),
            models.CheckConstraint(condition=Q(days__isempty=False), name="line_lasts"),
            models.CheckConstraint(
                condition=Q(person=None) | Q(days__upper_inf=False), name="hours_end"
            ),
            ExclusionConstraint(
                name="one_holder_of_a_unit",
                expressions=[
                    ("item", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    ("days", RangeOperators.OVERLAPS),
                ],
                condition=Q(holds=True, item__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=["person"], name="line_of_person", condition=Q(holds=True)),
            models.Index(fields=["pool"], name="line_of_pool", condition=Q(holds=True)),
        )

    @property
    def since(self) -> date:
        lower = self.days.lower
        if not isinstance(lower, date):
            raise TypeError("a line begins on a day")
        return lower

    @property
    def last(self) -> date | None:
        """Return the last day on which it is held; None without end."""
        upper = self.days.upper
        return upper - timedelta(days=1) if isinstance(upper, date) else None


class BusyTime(models.Model):
    """A time at which a person is busy, written by another app, never by this one."""

    class Kind(models.TextChoices):
        DUTY = "duty", _("On shift")
        STANDBY = "standby", _("On call")
        LEVEL3 = "level3", _("Level 3 work")

    reach_paths: ClassVar[dict[str, str]] = {"person": "person_id"}

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="busy_times")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    period = DateTimeRangeField()
    source = models.CharField(max_length=60, unique=True)

    objects = ReservationsQuerySet["BusyTime"].as_manager()

    class Meta:
        indexes = (models.Index(fields=["person"], name="busy_person"),)
