"""Automations of tickets, and their runs."""

from datetime import timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.customers.models import Customer
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.owned import M, OwnedQuerySet
from opale.organisation.models import Language, Person
from opale.run.automations.rights import READ
from opale.run.automations.states import Moment, RunState, Stopped, Trigger, Unit
from opale.run.desk.models import DeskQuerySet, Ticket
from opale.run.desk.models.base import BY_CUSTOMER


def span_of(amount: int | None, unit: str) -> timedelta:
    """Return a time that is written as a number and its unit; none without one."""
    return timedelta(**{unit: amount or 0}) if unit else timedelta()


class AutomationQuerySet(OwnedQuerySet[M]):
    read_right = READ


@tracked(creation=True, exclude=["failures", "checked_until"])
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
    moment = models.CharField(max_length=20, choices=Moment.choices, blank=True)
    amount = models.PositiveIntegerField(null=True)
    unit = models.CharField(max_length=20, choices=Unit.choices, blank=True)
    condition = models.TextField(pgettext_lazy("automation", "If"), blank=True)
    acts = models.JSONField(pgettext_lazy("automation", "Then"), default=dict)
    author = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("Author")
    )
    active = models.BooleanField(pgettext_lazy("automation", "Enabled"), default=False)
    enabled_at = models.DateTimeField(null=True)
    checked_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    stopped = models.CharField(max_length=10, choices=Stopped.choices, blank=True)
    removed_at = models.DateTimeField(null=True)

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
