from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Contact, Coverage, Customer, Service, Stream
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.organisation.models import WorkingCalendar
from opale.run.desk.models.assignments import Assignment
from opale.run.desk.models.base import BY_CUSTOMER, DeskQuerySet
from opale.run.desk.models.ticket import Ticket


@tracked()
class Pause(models.Model):
    """A time that does not count, with its type and reason.

    A pause with an agreed end stops by itself at `until`.
    """

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
    until = models.DateTimeField(null=True)
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


@tracked(creation=True)
class ServiceOutage(models.Model):
    """An outage that a ticket states beside its running one (`Ticket.outage_from`): a past one of a
    ticket that was reopened, or that of another service.

    Without a `service` it is the ticket's, and its customer the ticket's; else the customer is the
    service's. Without an end it lasts until the ticket's restoration.
    Source: docs/rules/clocks.md, "Availability".
    """

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="outages")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    service = models.ForeignKey(
        Service,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="outages",
        verbose_name=_("Service"),
    )
    starts = models.DateTimeField(_("Down from"))
    ends = models.DateTimeField(_("Restored at"), null=True)

    objects = DeskQuerySet["ServiceOutage"].as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gt=F("starts")), name="outage_ends_later"
            ),
        )


class Commitment(models.Model):
    """A stored answer of the clocks, with its due time; rebuilt from the record at will.

    It belongs to the ticket, or to one assignment of it. Of the periods of updates, the present one
    and the breached ones have a row each. `due_at` is empty while it cannot be known. `breached_at`
    once set stays, and so does its row: the database enforces it. Source: docs/rules/clocks.md.
    """

    OWN_HOURS = "own_hours"
    COVERAGES = (*Coverage.choices, (OWN_HOURS, _("Working hours of the team")))

    class Measure(models.TextChoices):
        TRIAGE = "triage", _("Triage")
        ACKNOWLEDGE = "acknowledge", _("Time to intervene (GTI)")
        FIRST_RESPONSE = "first_response", _("First response")
        UPDATE = "update", _("Next update")
        RESTORE = "restore", _("Time to restore (GTR)")
        RESOLVE = "resolve", _("Time to resolve")
        ACCEPT = "accept", _("Acceptance of the escalation")
        DELIVER = "deliver", _("Delivery of the escalation")

    SHORT_NAMES: ClassVar[dict[str, str | Promise]] = {
        Measure.TRIAGE: _("triage"),
        Measure.ACKNOWLEDGE: "GTI",
        Measure.FIRST_RESPONSE: _("first response"),
        Measure.UPDATE: _("next update"),
        Measure.RESTORE: "GTR",
        Measure.RESOLVE: _("resolution"),
        Measure.ACCEPT: _("acceptance"),
        Measure.DELIVER: _("delivery"),
    }

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="commitments")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, null=True, related_name="commitments"
    )
    measure = models.CharField(max_length=16, choices=Measure.choices)
    target = models.DurationField()
    coverage = models.CharField(max_length=20, choices=COVERAGES)
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    computed_at = models.DateTimeField(default=now)

    objects = DeskQuerySet["Commitment"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["ticket", "measure"],
                condition=Q(assignment=None) & ~Q(measure="update"),
                name="commitment_once",
            ),
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(measure="update", met_at=None),
                name="one_next_update",
            ),
            models.UniqueConstraint(
                fields=["ticket", "starts_at"],
                condition=Q(measure="update"),
                name="update_period_once",
            ),
            models.UniqueConstraint(
                fields=["assignment", "measure"], name="assignment_commitment_once"
            ),
            models.CheckConstraint(
                condition=Q(measure__in=["accept", "deliver"], assignment__isnull=False)
                | ~Q(measure__in=["accept", "deliver"]) & Q(assignment=None),
                name="commitment_of_ticket_or_assignment",
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at", "id"],
                condition=Q(met_at=None, due_at__isnull=False),
                name="commitment_due_next",
            ),
            # Excludes what is breached already: on a full desk, the most rows.
            models.Index(
                fields=["due_at", "id"],
                condition=Q(met_at=None, breached_at=None, due_at__isnull=False),
                name="commitment_to_break",
            ),
            models.Index(
                fields=["customer", "due_at", "id"],
                condition=Q(met_at=None, due_at__isnull=False),
                name="commitment_due_of_customer",
            ),
            models.Index(
                fields=["breached_at"],
                condition=Q(breached_at__isnull=False),
                name="commitment_breached",
            ),
        )

    @property
    def short_name(self) -> str | Promise:
        """Return the short name of the measure for a line of a list."""
        return self.SHORT_NAMES[self.measure]

    def get_measure_display(self) -> str:  # type: ignore[no-redef]
        # As in Ticket: Django's own method searches all choices for each line of a list.
        return str(self.Measure(self.measure).label)


@tracked()
class Intervention(models.Model):
    """Work outside the hours of the plan, at a price that an authorised contact agreed to."""

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="interventions")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_by = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(default=now)
    price = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3, default="EUR")
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True)
    actor = models.CharField(max_length=64)

    objects = DeskQuerySet["Intervention"].as_manager()

    class Meta:
        ordering = ("starts", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gt=F("starts")), name="intervention_lasts"
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="intervention_has_price"),
        )


@tracked()
class InternalTarget(models.Model):
    """Target times of an incident of a priority that belongs to no customer: the provider's own
    network, or a sender whom nobody knows. Without a calendar, time runs day and night.
    """

    priority = models.PositiveSmallIntegerField(unique=True)
    acknowledge = models.DurationField()
    first_response = models.DurationField()
    restore = models.DurationField()
    calendar = models.ForeignKey(
        WorkingCalendar, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DeskQuerySet["InternalTarget"].as_manager()

    class Meta:
        ordering = ("priority",)

    def __str__(self) -> str:
        return f"P{self.priority}"


@tracked()
class StreamSettings(models.Model):
    """Settings of a stream: who sends an engineer's answer, and the time allowed for triage."""

    class Answers(models.TextChoices):
        OWNER_SENDS = "owner_sends", _("The ticket owner sends them")
        STANDING_CONSENT = (
            "standing_consent",
            _("They are sent at once and the ticket owner is notified"),
        )

    stream = models.CharField(max_length=10, choices=Stream.choices, unique=True)
    engineer_answers = models.CharField(
        max_length=20, choices=Answers.choices, default=Answers.OWNER_SENDS
    )
    triage_target = models.DurationField()

    objects = DeskQuerySet["StreamSettings"].as_manager()

    class Meta:
        ordering = ("stream",)

    def __str__(self) -> str:
        return self.get_stream_display()
