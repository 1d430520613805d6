"""Automations of tickets, recurring tickets, and the runs of both."""

from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.customers.models import Customer, Service, Stream
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.owned import M, OwnedQuerySet
from opale.organisation.models import Language, Person, WorkingCalendar
from opale.run.automations.domain.recurrences import ClosedDay, Recurrence, Rhythm
from opale.run.automations.rights import READ
from opale.run.automations.states import Moment, RunState, Stopped, Trigger, Unit
from opale.run.desk.models import DeskQuerySet, Grade, Kind, Ticket
from opale.run.desk.models.base import BY_CUSTOMER


def span_of(amount: int | None, unit: str) -> timedelta:
    """Return a time that is written as a number and its unit; none without one."""
    return timedelta(**{unit: amount or 0}) if unit else timedelta()


class AutomationQuerySet(OwnedQuerySet[M]):
    read_right = READ


@tracked(creation=True, exclude=["failures", "checked_until", "enabled_at"])
class Automation(models.Model):
    """An automation: when its trigger happens to a ticket that fits its condition, it acts.

    `acts` are those of macros. A timed one counts `amount` of `unit` from `moment`, and has looked
    at what fell due until `checked_until`. It acts with the rights that `author`, who saved it
    last, has at that time. `enabled_at` is since when it is on: what fell due before is left alone.
    `stopped` says why Opale disabled it. A removed one can be restored.
    Source: docs/rules/automations.md.
    """

    reach_paths: ClassVar[dict[str, str]] = {}

    name = models.CharField(_("Name"), max_length=100)
    trigger = models.CharField(
        pgettext_lazy("automation", "When"), max_length=20, choices=Trigger.choices
    )
    moment = models.CharField(_("Counted from"), max_length=20, choices=Moment.choices, blank=True)
    amount = models.PositiveIntegerField(pgettext_lazy("automation", "Delay"), null=True)
    unit = models.CharField(_("Unit"), max_length=20, choices=Unit.choices, blank=True)
    condition = models.TextField(pgettext_lazy("automation", "If"), blank=True)
    acts = models.JSONField(pgettext_lazy("automation", "Then"), default=dict)
    author = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("Author")
    )
    active = models.BooleanField(pgettext_lazy("automation", "Enabled"), default=False)
    enabled_at = models.DateTimeField(null=True)
    checked_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    stopped = models.CharField(
        _("Disabled by Opale"), max_length=10, choices=Stopped.choices, blank=True
    )
    removed_at = models.DateTimeField(pgettext_lazy("automation", "Deleted"), null=True)

    objects = AutomationQuerySet["Automation"].as_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["name"], condition=Q(removed_at=None), name="automation_name_once"
            ),
            models.CheckConstraint(
                condition=Q(trigger="time", amount__gt=0) & ~Q(moment="") & ~Q(unit="")
                | ~Q(trigger="time") & Q(amount=None, moment="", unit=""),
                name="automation_timed_says_when",
            ),
            models.CheckConstraint(
                condition=Q(active=False)
                | Q(enabled_at__isnull=False, stopped="", removed_at=None),
                name="automation_enabled_is_dated",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def live_topic(self) -> str:
        return f"automations.automation:{self.pk}"

    @property
    def wait(self) -> timedelta:
        """Return how long after its moment, or before it, a timed one acts."""
        return span_of(self.amount, self.unit)

    @property
    def author_language(self) -> str:
        return self.author.user.language if self.author.user else Language.FRENCH


class AutomationRun(models.Model):
    """A run of an automation on a ticket: one for each `occasion`, however often it is reported.

    `chain` are the automations that led to it, itself last; `facts` those that it announced.
    `done` are the sentences of its acts in the language of its author, `back` the steps that undo
    it, none where that is not possible. `left_at` is the ticket's last change by it.
    """

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    automation = models.ForeignKey(Automation, on_delete=models.PROTECT, related_name="runs")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="automation_runs")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    occasion = models.CharField(max_length=80)
    chain = ArrayField(models.BigIntegerField(), default=list)
    facts = ArrayField(models.BigIntegerField(), default=list)
    state = models.CharField(max_length=10, choices=RunState.choices)
    done = models.JSONField(default=list)
    refusal = models.TextField(blank=True)
    back = models.JSONField(default=list)
    at = models.DateTimeField(default=now)
    left_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=200, blank=True)

    objects = DeskQuerySet["AutomationRun"].as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["automation", "-id"], name="automation_run_newest"),
            models.Index(fields=["ticket", "-at"], name="automation_run_ticket"),
            GinIndex(fields=["facts"], name="automation_run_facts"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["automation", "ticket", "occasion"], name="automation_runs_once"
            ),
            models.CheckConstraint(
                condition=Q(state="undone", undone_at__isnull=False)
                | ~Q(state="undone") & Q(undone_at=None),
                name="automation_undone_is_dated",
            ),
        )

    def __str__(self) -> str:
        return f"{self.automation} · {self.ticket}"

    @property
    def is_undoable(self) -> bool:
        return self.state == RunState.DONE and bool(self.back)


@tracked(creation=True, exclude=["failures", "next_at"])
class RecurringTicket(models.Model):
    """A ticket that is opened again and again, in a rhythm, from a template.

    It is opened in the name of `author`, who saved it last, with the rights that they have then.
    `next_at` is when, while it is enabled. `stopped` says why Opale disabled it.
    Source: docs/rules/automations.md, "Recurring tickets".
    """

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    name = models.CharField(_("Name"), max_length=100)
    rhythm = models.CharField(_("Repeats"), max_length=20, choices=Rhythm.choices)
    weekday = models.PositiveSmallIntegerField(
        _("Day of the week"),
        null=True,
        blank=True,
        choices=[(n + 1, d) for n, d in WEEKDAYS.items()],
    )
    day = models.PositiveSmallIntegerField(
        _("Day of the month"), null=True, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
    )  # fmt: skip
    month = models.PositiveSmallIntegerField(
        _("Month"), null=True, blank=True, choices=list(MONTHS.items())
    )
    at = models.TimeField(pgettext_lazy("time of the day", "Time"))
    calendar = models.ForeignKey(
        WorkingCalendar, on_delete=models.PROTECT, related_name="+", verbose_name=_("Calendar")
    )
    closed_day = models.CharField(
        _("On a closed day"), max_length=10, choices=ClosedDay.choices, default=ClosedDay.SAME
    )
    kind = models.CharField(
        _("Ticket type"), max_length=10, choices=Kind.choices, default=Kind.REQUEST
    )
    subject = models.CharField(_("Subject"), max_length=300)
    body = models.TextField(_("Description"), blank=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("Customer"),
    )  # fmt: skip
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("Service"),
    )  # fmt: skip
    stream = models.CharField(_("Stream"), max_length=10, choices=Stream.choices, blank=True)
    impact = models.PositiveSmallIntegerField(_("Impact"), choices=Grade.choices, default=Grade.LOW)
    urgency = models.PositiveSmallIntegerField(
        _("Urgency"), choices=Grade.choices, default=Grade.LOW
    )
    author = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("Author")
    )
    active = models.BooleanField(pgettext_lazy("automation", "Enabled"), default=False)
    next_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    stopped = models.CharField(
        _("Disabled by Opale"), max_length=10, choices=Stopped.choices, blank=True
    )
    removed_at = models.DateTimeField(pgettext_lazy("automation", "Deleted"), null=True)

    objects = AutomationQuerySet["RecurringTicket"].as_manager()

    class Meta:
        ordering = ("name", "id")
        indexes = (
            models.Index(
                fields=["next_at"], condition=Q(active=True), name="recurring_ticket_next"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["name"], condition=Q(removed_at=None), name="recurring_ticket_name_once"
            ),
            models.CheckConstraint(
                condition=Q(active=False) | Q(stopped="", removed_at=None),
                name="recurring_ticket_enabled_is_there",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def live_topic(self) -> str:
        return f"automations.recurringticket:{self.pk}"

    @property
    def author_language(self) -> str:
        return self.author.user.language if self.author.user else Language.FRENCH

    @property
    def recurrence(self) -> Recurrence:
        return Recurrence(
            rhythm=Rhythm(self.rhythm),
            at=self.at,
            weekday=self.weekday,
            day=self.day,
            month=self.month,
            closed_day=ClosedDay(self.closed_day),
        )


class RecurringTicketRun(models.Model):
    """A time at which a recurring ticket was due: the ticket that was opened, or why none was."""

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    recurring = models.ForeignKey(RecurringTicket, on_delete=models.PROTECT, related_name="runs")
    due_at = models.DateTimeField()
    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, null=True, related_name="recurring_runs"
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    refusal = models.TextField(blank=True)
    at = models.DateTimeField(default=now)

    objects = AutomationQuerySet["RecurringTicketRun"].as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["recurring", "due_at"], name="recurring_ticket_runs_once"
            ),
            models.CheckConstraint(
                condition=Q(ticket=None) & ~Q(refusal="") | Q(ticket__isnull=False, refusal=""),
                name="recurring_ticket_run_has_outcome",
            ),
        )
