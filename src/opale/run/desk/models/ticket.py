from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.customers.models import Contact, Coverage, Customer, Service, Stream, SupportPlanVersion
from opale.infrastructure.models import ConfigurationItem
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.organisation.models import Language, Person
from opale.run.desk.models.base import BY_CUSTOMER, FOREVER, DeskQuerySet, words_index
from opale.run.desk.models.catalogue import RequestType
from opale.run.desk.states import TicketState


class Kind(models.TextChoices):
    REQUEST = "request", _("Request")
    INCIDENT = "incident", _("Incident")


class Source(models.TextChoices):
    EVENT = "event", _("Monitoring")
    MAIL = "mail", _("Mail")
    PHONE = "phone", _("Telephone")
    PORTAL = "portal", _("Portal")
    AGENT = "agent", _("Agent")
    API = "api", _("API")


class Grade(models.IntegerChoices):
    """Of impact and of urgency."""

    HIGH = 1, _("High")
    MEDIUM = 2, _("Medium")
    LOW = 3, _("Low")


OPEN = ["new", "in_progress", "pending", "held"]
ENDED = ["closed", "cancelled", "rejected", "merged"]


@tracked(exclude=["next_due_at"])
class Ticket(models.Model):
    """A request or an incident, from receipt to closure, under one number for life.

    Impact, urgency, priority, kind and the like are the newest `Classification`, copied here to
    sort and filter by; clocks read the dated record, never these columns. `answered_at` is the
    first answer to the requester; `wanted_at` is the date that a request is to be ready for, where
    it rules its clock; `outage_from` is when the service went down, if it did.
    `field_values` are the values of the installation's own fields, by name (`TicketField`).
    `next_due_at` is the nearest of the running commitments, for the order of the queue.
    """

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER | {
        "contact": "contact_id",
        "person": "employee_id",
    }

    number = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=12, choices=TicketState.choices, default=TicketState.NEW)
    stream = models.CharField(max_length=10, choices=Stream.choices, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    subject = models.CharField(max_length=300)
    language = models.CharField(max_length=2, choices=Language.choices)
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets",
        db_index=False,  # ticket_customer begins with it
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    employee = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="requested_tickets"
    )
    service = models.ForeignKey(
        Service,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets",
        db_index=False,  # ticket_service begins with it
    )
    item = models.ForeignKey(
        ConfigurationItem,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="tickets",
        db_index=False,  # ticket_item_newest begins with it
    )
    plan_version = models.ForeignKey(
        SupportPlanVersion, on_delete=models.PROTECT, null=True, related_name="+"
    )
    premium = models.BooleanField(default=False)
    impact = models.PositiveSmallIntegerField(choices=Grade.choices, default=Grade.LOW)
    urgency = models.PositiveSmallIntegerField(choices=Grade.choices, default=Grade.LOW)
    priority = models.PositiveSmallIntegerField(default=4)
    request_type = models.ForeignKey(
        RequestType, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    promised_within = models.DurationField(null=True)
    promised_coverage = models.CharField(
        max_length=20, choices=Coverage.choices, blank=True, default="", db_default=""
    )
    wanted_at = models.DateTimeField(null=True)
    confidential = models.BooleanField(default=False, db_default=False)
    tags = ArrayField(models.CharField(max_length=40), default=list, db_default=[], blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="owned_tickets")
    received_at = models.DateTimeField()
    triaged_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    outage_from = models.DateTimeField(null=True)
    restored_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    cause = models.TextField(blank=True)
    field_values = models.JSONField(default=dict, db_default={})
    customer_told_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(default=FOREVER, db_default=FOREVER)
    updated_at = models.DateTimeField(default=now)

    objects = DeskQuerySet["Ticket"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=["resolved", "closed"], resolved_at__isnull=False)
                | ~Q(state__in=["resolved", "closed"]) & Q(resolved_at__isnull=True),
                name="ticket_resolved_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, closed_at__isnull=False)
                | ~Q(state__in=ENDED) & Q(closed_at__isnull=True),
                name="ticket_closed_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(impact__in=[1, 2, 3], urgency__in=[1, 2, 3], priority__in=range(1, 6)),
                name="ticket_grades_are_known",
            ),
            models.CheckConstraint(
                condition=Q(contact__isnull=True) | Q(customer__isnull=False),
                name="ticket_contact_has_customer",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | ~Q(state="merged") & Q(merged_into__isnull=True),
                name="ticket_merged_says_where",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="ticket_not_merged_into_itself"
            ),
        )
        indexes = (
            models.Index(
                fields=["priority", "next_due_at", "-premium", "received_at", "id"],
                condition=Q(state__in=OPEN),
                name="ticket_queue_order",
            ),
            models.Index(
                fields=["state", "priority", "next_due_at", "-premium", "received_at", "id"],
                # Lists are counted by index-only scans, and these columns decide who sees a ticket.
                include=["confidential", "owner", "employee"],
                condition=Q(state__in=OPEN),
                name="ticket_state_order",
            ),
            models.Index(
                fields=["owner", "priority", "next_due_at", "-premium", "received_at", "id"],
                include=["confidential", "employee"],
                condition=Q(state__in=[*OPEN, "resolved"]),
                name="ticket_owner_order",
            ),
            # Finds the people involved in confidential tickets, whose lists are built separately.
            models.Index(
                fields=["state", "owner"],
                include=["id", "confidential", "employee"],
                condition=Q(confidential=True),
                name="ticket_confidential",
            ),
            models.Index(fields=["-received_at", "-id"], name="ticket_newest"),
            models.Index(fields=["customer", "-received_at"], name="ticket_customer"),
            models.Index(fields=["service", "-received_at", "-id"], name="ticket_service"),
            models.Index(fields=["item", "-received_at", "-id"], name="ticket_item_newest"),
            GinIndex(fields=["tags"], name="ticket_tags"),
            GinIndex(
                fields=["subject"], opclasses=["gin_trgm_ops"], name="ticket_subject_trigrams"
            ),
            words_index("subject", "id", "ticket_words_by_block"),
            words_index("cause", "id", "ticket_cause_by_block", ~Q(cause="")),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"T-{self.number}"

    @property
    def live_topic(self) -> str:
        """Live topic of the ticket, which every reader of the desk is sent."""
        return f"desk.ticket:{self.live_key}"

    @property
    def live_key(self) -> str:
        """What names the ticket in live topics. Of a confidential one it tells nobody which ticket
        that is: its pages alone, which few may open, name the same.
        """
        if not self.confidential:
            return str(self.pk)
        return salted_hmac("opale.desk.live", str(self.pk), algorithm="sha256").hexdigest()[:24]

    @property
    def whose(self) -> str | Promise:
        """Return what stands where the customer does: an incident of none is internal."""
        if self.customer is not None:
            return self.customer.name
        if self.employee_id is not None:
            return _("Employee")
        if self.kind == Kind.INCIDENT:
            return pgettext_lazy("an incident without customer", "Internal")
        return _("No customer")

    # Every line of every list shows these; Django's own methods search all choices each time.
    def get_state_display(self) -> str:  # type: ignore[no-redef]
        return str(TicketState(self.state).label)

    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        return str(Kind(self.kind).label)

    def get_stream_display(self) -> str:  # type: ignore[no-redef]
        return str(Stream(self.stream).label) if self.stream else ""


class Classification(models.Model):
    """A classification of the ticket from a moment on. Append-only: clocks and reports read it."""

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(
        Ticket,
        on_delete=models.PROTECT,
        related_name="classifications",
        db_index=False,  # classification_ticket begins with it
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, related_name="+")
    item = models.ForeignKey(
        ConfigurationItem, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    plan_version = models.ForeignKey(
        SupportPlanVersion, on_delete=models.PROTECT, null=True, related_name="+"
    )
    premium = models.BooleanField(default=False)
    impact = models.PositiveSmallIntegerField(choices=Grade.choices)
    urgency = models.PositiveSmallIntegerField(choices=Grade.choices)
    priority = models.PositiveSmallIntegerField()
    wanted_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    former_subject = models.CharField(max_length=300, blank=True, default="")
    """The previous subject, where this row changed it."""
    actor = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(default=now)

    objects = DeskQuerySet["Classification"].as_manager()

    class Meta:
        ordering = ("at", "id")
        indexes = (models.Index(fields=["ticket", "at", "id"], name="classification_ticket"),)
