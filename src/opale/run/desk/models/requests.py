from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Contact, Customer
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.run.desk.models.base import BY_CUSTOMER, DeskQuerySet
from opale.run.desk.models.catalogue import Authority, RequestType
from opale.run.desk.models.ticket import Ticket


class Route(models.TextChoices):
    """Where a request goes: worked at the desk, as a change of RUN, or as an order of BUILD."""

    REQUEST = "request", _("Request")
    CHANGE = "change", _("RUN change")
    ORDER = "order", _("BUILD order")


class Override(models.TextChoices):
    """Why somebody sent a request another way than the rules did."""

    KNOWN_PROCEDURE = "known_procedure", _("Standard procedure without risk")
    RISK = "risk", _("May interrupt a service")
    NEEDS_PROJECT = "needs_project", _("Requires a project")
    CUSTOMER_ASKED = "customer_asked", _("Requested by the customer")
    INCOMPLETE_RULE = "incomplete_rule", _("Case not covered by the rules")


class Refusal(models.TextChoices):
    """Why a request is refused, as the requester is told."""

    NOT_APPROVED = "not_approved", _("Not approved")
    NOT_ENTITLED = "not_entitled", _("Requester not authorised")
    NOT_SOLD = "not_sold", _("Not covered by the contract")
    NOT_POSSIBLE = "not_possible", _("Not technically possible")
    NOT_SAFE = "not_safe", _("Not safe")
    NO_ANSWER = "no_answer", _("Missing information was not received")
    NOT_OURS = "not_ours", _("Handled by another party")


@tracked()
class RequestDetails(models.Model):
    """The answers of a request, with the form, rules and route of that day. With an `override`, a
    person changed the route and gave a reason."""

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="details")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    request_type = models.ForeignKey(RequestType, on_delete=models.PROTECT, related_name="+")
    fields = models.JSONField(default=list)
    values = models.JSONField(default=dict)
    route = models.CharField(max_length=10, choices=Route.choices, default=Route.REQUEST)
    because_en = models.CharField(max_length=300, blank=True)
    because_fr = models.CharField(max_length=300, blank=True)
    routes = models.JSONField(default=list, db_default=[])
    override = models.CharField(
        max_length=20, choices=Override.choices, blank=True, default="", db_default=""
    )

    objects = DeskQuerySet["RequestDetails"].as_manager()


@tracked()
class Approval(models.Model):
    """An approval asked of the contacts with the authority, and given or refused."""

    class State(models.TextChoices):
        ASKED = "asked", _("Requested")
        GRANTED = "granted", _("Approved")
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
            models.CheckConstraint(
                condition=Q(state="asked", decided_by=None)
                | ~Q(state="asked") & Q(decided_by__isnull=False),
                name="approval_decided_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(state="asked"), name="one_approval_asked"
            ),
        )
