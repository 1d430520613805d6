from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Customer
from opale.kernel.clock import now
from opale.organisation.models import Person
from opale.run.desk.models.base import BY_CUSTOMER, DeskQuerySet
from opale.run.desk.models.ticket import Ticket


class WrittenDraft(models.Model):
    """A person's unsent text on a ticket, one row for each device.

    `sitting` identifies one text from its first letter to its end; `ended_sitting` is the last one
    sent or discarded: late saves of it over a slow line are ignored. Not followed by history: a
    draft changes with every word.
    """

    class Kind(models.TextChoices):
        PUBLIC = "public", _("Reply")
        INTERNAL = "internal", _("Internal note")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="drafts")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    device = models.CharField(max_length=40)
    sitting = models.CharField(max_length=40)
    ended_sitting = models.CharField(max_length=40, blank=True)
    body = models.TextField(blank=True)
    promise = models.CharField(max_length=60, blank=True)
    modules = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=1)
    begun_at = models.DateTimeField(default=now)
    at = models.DateTimeField(default=now)
    discarded_at = models.DateTimeField(null=True)

    objects = DeskQuerySet["WrittenDraft"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["ticket", "person", "kind", "device"], name="draft_of_device_once"
            ),
        )
        indexes = (
            models.Index(
                fields=["ticket"],
                condition=~Q(body="") & Q(discarded_at=None),
                name="draft_of_ticket",
            ),
            models.Index(fields=["at"], name="draft_age"),
        )
