from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Contact, Customer
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.run.desk.models.catalogue import Authority, RequestType
from opale.run.desk.models.rows import BY_CUSTOMER, DeskQuerySet
from opale.run.desk.models.ticket import Ticket


class Route(models.TextChoices):
    """Where a request goes: worked at the desk, as a change of RUN, or as an order of BUILD."""

    REQUEST = "request", _("Request")
    CHANGE = "change", _("RUN change")
    ORDER = "order", _("BUILD order")


@tracked()
class RequestDetails(models.Model):
    """What was filled in, with the form as it was that day, and where the rule sent it."""

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="details")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    request_type = models.ForeignKey(RequestType, on_delete=models.PROTECT, related_name="+")
    fields = models.JSONField(default=list)
    values = models.JSONField(default=dict)
    route = models.CharField(max_length=10, choices=Route.choices, default=Route.REQUEST)
    because_en = models.CharField(max_length=300, blank=True)
    because_fr = models.CharField(max_length=300, blank=True)

    objects = DeskQuerySet["RequestDetails"].as_manager()


@tracked()
class Approval(models.Model):
    """The word of somebody with the authority, asked for and given or refused."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="approvals")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    authority = models.CharField(max_length=10, choices=Authority.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(default=now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="+")
    heard_by = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = DeskQuerySet["Approval"].as_manager()

    class Meta:
        ordering = ("asked_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state="asked", decided_at=None)
                | ~Q(state="asked") & Q(decided_at__isnull=False),
                name="approval_decided_is_dated",
            ),
        )
