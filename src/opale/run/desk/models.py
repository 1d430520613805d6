from datetime import UTC, datetime
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Contact, Coverage, Customer, Service, Stream, SupportPlanVersion
from opale.infrastructure.models import ConfigurationItem
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.owned import M, OwnedQuerySet
from opale.messaging.models import OutgoingMail
from opale.organisation.models import Language, Person
from opale.run.desk.states import TicketState
from opale.run.events.models import Alert

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
"""The end of what has not ended: sorts last, indexes well, and unlike 'infinity' is a datetime."""

BY_CUSTOMER: dict[str, str] = {"customers": "customer_id"}


class DeskQuerySet(OwnedQuerySet[M]):
    read_right = "desk.read"


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


@tracked()
class Ticket(models.Model):
    """A request or an incident, from receipt to closure, under one number for life.

    Impact, urgency, priority, kind and the like are the newest `Classification`, kept here to be
    sorted and filtered by; clocks read the dated record, never these columns.
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
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    employee = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="requested_tickets"
    )
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    item = models.ForeignKey(
        ConfigurationItem, on_delete=models.SET_NULL, null=True, blank=True, related_name="tickets"
    )
    plan_version = models.ForeignKey(
        SupportPlanVersion, on_delete=models.PROTECT, null=True, related_name="+"
    )
    premium = models.BooleanField(default=False)
    impact = models.PositiveSmallIntegerField(choices=Grade.choices, default=Grade.LOW)
    urgency = models.PositiveSmallIntegerField(choices=Grade.choices, default=Grade.LOW)
    priority = models.PositiveSmallIntegerField(default=4)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="owned_tickets")
    received_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    restored_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    cause = models.TextField(blank=True)
    customer_told_at = models.DateTimeField(null=True)
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
                condition=Q(state__in=["closed", "cancelled"], closed_at__isnull=False)
                | ~Q(state__in=["closed", "cancelled"]) & Q(closed_at__isnull=True),
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
        )
        indexes = (
            models.Index(
                fields=["priority", "received_at", "id"],
                condition=Q(state__in=["new", "in_progress", "pending"]),
                name="ticket_queue",
            ),
            models.Index(
                fields=["owner", "priority", "received_at"],
                condition=Q(state__in=["new", "in_progress", "pending", "resolved"]),
                name="ticket_owner_work",
            ),
            models.Index(fields=["-received_at", "-id"], name="ticket_newest"),
            models.Index(fields=["customer", "-received_at"], name="ticket_customer"),
            models.Index(fields=["item", "-id"], name="ticket_item"),
            GinIndex(
                fields=["subject"], opclasses=["gin_trgm_ops"], name="ticket_subject_trigrams"
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"T-{self.number}"


class Ownership(models.Model):
    """Who answers for a ticket, from the minute of receipt: a chain without gap or overlap.

    The database holds the chain (migration `0002_ownership_chain`): a row is added at the end of
    its predecessor, is never changed but to be ended, and is never deleted.
    Source: docs/rules/ownership.md.
    """

    class Reason(models.TextChoices):
        RECEIVED = "received", _("Received by the holder of triage")
        RECEIVED_BY_LEAD = "received_by_lead", _("Received by the shift lead: nobody held triage")
        RECEIVED_BY_MANAGER = (
            "received_by_manager",
            _("Received by the manager: nobody was on duty"),
        )
        TAKEN = "taken", _("Taken")
        GIVEN = "given", _("Given")
        HANDED_OVER = "handed_over", _("Handed over")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="ownerships")
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


class Classification(models.Model):
    """What a ticket was held to be, from a moment on. Append-only: clocks and reports read it."""

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="classifications")
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
    reason = models.CharField(max_length=300, blank=True)
    actor = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(default=now)

    objects = DeskQuerySet["Classification"].as_manager()

    class Meta:
        ordering = ("at", "id")
        indexes = (models.Index(fields=["ticket", "at", "id"], name="classification_ticket"),)


class Message(models.Model):
    """What was written on a ticket: from outside, to the customer, or a note. Append-only."""

    class Direction(models.TextChoices):
        RECEIVED = "received", _("Received")
        SENT = "sent", _("Sent")
        NOTE = "note", _("Internal note")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Public")
        INTERNAL = "internal", _("Internal")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="messages")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    direction = models.CharField(max_length=10, choices=Direction.choices)
    visibility = models.CharField(max_length=10, choices=Visibility.choices)
    author = models.CharField(max_length=200)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, related_name="+")
    body = models.TextField()
    language = models.CharField(max_length=2, choices=Language.choices, blank=True)
    mail = models.OneToOneField(
        OutgoingMail, on_delete=models.PROTECT, null=True, related_name="message"
    )
    at = models.DateTimeField(default=now)

    objects = DeskQuerySet["Message"].as_manager()

    class Meta:
        ordering = ("at", "id")
        indexes = (models.Index(fields=["ticket", "at", "id"], name="message_ticket"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(direction="note", visibility="internal")
                | ~Q(direction="note") & Q(visibility="public"),
                name="message_note_is_internal",
            ),
        )


@tracked()
class Pause(models.Model):
    """A time that does not count, with its type and reason."""

    class Kind(models.TextChoices):
        CUSTOMER = "customer", _("Waiting for the customer")
        SUPPLIER = "supplier", _("Waiting for a supplier")
        CHANGE = "change", _("Waiting for a change")
        AGREED_DATE = "agreed_date", _("Agreed date")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="pauses")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = DeskQuerySet["Pause"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gt=F("starts")), name="pause_ends_later"
            ),
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(ends=None), name="one_running_pause"
            ),
        )


class Commitment(models.Model):
    """A cached answer of the clocks: what is due when, rebuilt from the record at will.

    `due_at` is empty while the clock is paused; `breached_at` once set is never unset.
    Source: docs/rules/clocks.md.
    """

    class Measure(models.TextChoices):
        ACKNOWLEDGE = "acknowledge", _("Time to intervene (GTI)")
        RESTORE = "restore", _("Time to restore (GTR)")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="commitments")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    measure = models.CharField(max_length=12, choices=Measure.choices)
    target = models.DurationField()
    coverage = models.CharField(max_length=20, choices=Coverage.choices)
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    computed_at = models.DateTimeField(default=now)

    objects = DeskQuerySet["Commitment"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ticket", "measure"], name="commitment_once"),
        )
        indexes = (
            models.Index(
                fields=["due_at", "id"],
                condition=Q(met_at=None, due_at__isnull=False),
                name="commitment_due_next",
            ),
        )


@tracked()
class TicketAlert(models.Model):
    """An alert that a ticket deals with. Held here: alerts know no ticket."""

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="alert_links")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="ticket_links")
    linked_at = models.DateTimeField(default=now)

    objects = DeskQuerySet["TicketAlert"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ticket", "alert"], name="ticket_alert_once"),
        )
