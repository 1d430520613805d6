from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Customer
from opale.kernel.clock import now
from opale.organisation.models import Person
from opale.run.desk.models.base import BY_CUSTOMER, FOREVER, DeskQuerySet
from opale.run.desk.models.ticket import Ticket


class Ownership(models.Model):
    """A period in which one person owns a ticket, in a chain from receipt without gap or overlap.

    The database enforces the chain (migration `0002_ownership_chain`): a row is added at the end of
    its predecessor, is changed only to be ended, and is never deleted.
    Source: docs/rules/ownership.md.
    """

    class Reason(models.TextChoices):
        RECEIVED = "received", _("on triage duty")
        RECEIVED_BY_LEAD = "received_by_lead", _("shift lead, no one on triage duty")
        RECEIVED_BY_MANAGER = (
            "received_by_manager",
            _("manager, no one on duty"),
        )
        TAKEN = "taken", _("taken")
        GIVEN = "given", _("reassigned")
        HANDED_OVER = "handed_over", _("handover")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(
        Ticket,
        on_delete=models.PROTECT,
        related_name="ownerships",
        db_index=False,  # one_owner_until begins with it
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="ownerships")
    starts = models.DateTimeField()
    ends = models.DateTimeField(default=FOREVER)
    previous_end = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    actor = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(default=now)

    objects = DeskQuerySet["Ownership"].as_manager()

    class Meta:
        ordering = ("starts",)
        constraints = (
            models.UniqueConstraint(fields=["ticket", "ends"], name="one_owner_until"),
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(previous_end=None), name="one_first_owner"
            ),
            models.CheckConstraint(
                condition=Q(previous_end=None) | Q(previous_end=F("starts")),
                name="owner_follows_without_gap",
            ),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts"), ends__lte=FOREVER), name="ownership_lasts"
            ),
            ExclusionConstraint(
                name="one_owner_at_a_time",
                expressions=[
                    ("ticket", RangeOperators.EQUAL),
                    (Func("starts", "ends", function="tstzrange"), RangeOperators.OVERLAPS),
                ],
            ),
        )
