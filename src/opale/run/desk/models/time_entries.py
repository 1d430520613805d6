from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from opale.customers.models import Contract, Customer
from opale.kernel.history import tracked
from opale.organisation.models import Person
from opale.run.desk.models.base import BY_CUSTOMER, DeskQuerySet
from opale.run.desk.models.ticket import Ticket


@tracked()
class TimeEntry(models.Model):
    """Time spent on a ticket; without an end, a running timer. History keeps corrections."""

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER | {"person": "person_id"}

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="time_entries")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, null=True, related_name="time_entries"
    )
    note = models.CharField(max_length=300, blank=True)

    objects = DeskQuerySet["TimeEntry"].as_manager()

    class Meta:
        ordering = ("starts", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gt=F("starts")), name="time_entry_lasts"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(ends=None), name="one_running_timer"
            ),
        )
        indexes = (
            models.Index(fields=["ticket", "starts"], name="time_entry_ticket"),
            models.Index(fields=["contract", "starts"], name="time_entry_contract"),
        )
