"""Scheduled reports, who receives them and who wants them no more, and what was sent."""

from datetime import time
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.owned import M, OwnedQuerySet
from opale.organisation.models import Person, Team
from opale.scheduled_reports.domain.timetable import Frequency, Timetable
from opale.scheduled_reports.rights import USE
from opale.scheduled_reports.states import SendingState

DEFAULT_TIME = time(7)


class ScheduledReportsQuerySet(OwnedQuerySet[M]):
    read_right = USE


@tracked(creation=True, exclude=["next_at"])
class ScheduledReport(models.Model):
    """A report or a list that its owner has mailed on schedule, to people and to a team.

    `report` names a report or a listing, `query` its filters and grouping, as in its address. It is
    next due at `next_at`, in the time zone that its owner has then; while it is paused or deleted
    nothing is sent.
    """

    reach_paths: ClassVar[dict[str, str]] = {"person": "owner_id"}

    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    report = models.CharField(_("Report"), max_length=60)
    query = models.CharField(_("Filters"), max_length=2000, blank=True)
    name = models.CharField(_("Name"), max_length=80)
    frequency = models.CharField(_("Frequency"), max_length=10, choices=Frequency.choices)
    weekday = models.PositiveSmallIntegerField(_("Weekday"), default=0)
    day = models.PositiveSmallIntegerField(_("Day of the month"), default=1)
    at = models.TimeField(pgettext_lazy("a scheduled report", "Time"), default=DEFAULT_TIME)
    to_owner = models.BooleanField(_("Send it to me"), default=True)
    team = models.ForeignKey(
        Team, verbose_name=_("Team"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    next_at = models.DateTimeField(_("Next sending"))
    paused_at = models.DateTimeField(pgettext_lazy("a scheduled report", "Paused"), null=True)
    deleted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)

    objects = ScheduledReportsQuerySet["ScheduledReport"].as_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(weekday__lte=6, day__gte=1, day__lte=31), name="scheduled_on_a_day"
            ),
        )
        indexes = (
            models.Index(
                fields=["next_at"],
                condition=Q(paused_at=None, deleted_at=None),
                name="scheduled_report_due",
            ),
            models.Index(fields=["owner", "name", "id"], name="scheduled_report_own"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> str:
        return "paused" if self.paused_at else "active"

    @property
    def timetable(self) -> Timetable:
        """The timetable in the time zone of the owner."""
        zone = ZoneInfo(self.owner.reading_zone)
        return Timetable(self.frequency, self.at, zone, self.weekday, self.day)


@tracked(creation=True)
class ReportRecipient(models.Model):
    """A person who receives a scheduled report beside its owner and its team."""

    reach_paths: ClassVar[dict[str, str]] = {"person": "report__owner_id"}

    report = models.ForeignKey(ScheduledReport, on_delete=models.CASCADE, related_name="recipients")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    objects = ScheduledReportsQuerySet["ReportRecipient"].as_manager()

    class Meta:
        ordering = ("person__name", "id")
        constraints = (
            models.UniqueConstraint(fields=["report", "person"], name="scheduled_recipient_once"),
        )

    def __str__(self) -> str:
        return self.person.name


@tracked(creation=True)
class Unsubscription(models.Model):
    """A reader who has ended a scheduled report for themselves, whoever names them in it."""

    reach_paths: ClassVar[dict[str, str]] = {"person": "report__owner_id"}

    report = models.ForeignKey(
        ScheduledReport, on_delete=models.CASCADE, related_name="unsubscriptions"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("Unsubscribed at"), default=now)

    objects = ScheduledReportsQuerySet["Unsubscription"].as_manager()

    class Meta:
        ordering = ("person__name", "id")
        constraints = (
            models.UniqueConstraint(fields=["report", "person"], name="unsubscribed_once"),
        )

    def __str__(self) -> str:
        return self.person.name


class Sending(models.Model):
    """One sending of a scheduled report to one reader, made when it is due and then done once.

    `due_at` is when it was due, or when its owner asked for it. `figures` are the counts that the
    mail gave, which the next one is compared with. `mail_id` is the mail in the outbox.
    """

    reach_paths: ClassVar[dict[str, str]] = {"person": "report__owner_id"}

    report = models.ForeignKey(ScheduledReport, on_delete=models.CASCADE, related_name="sendings")
    reader = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(pgettext_lazy("a scheduled report", "Due"))
    state = models.CharField(
        _("State"), max_length=10, choices=SendingState.choices, default=SendingState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(_("Error"), blank=True)
    figures = models.JSONField(default=dict)
    mail_id = models.BigIntegerField(null=True)
    done_at = models.DateTimeField(pgettext_lazy("a scheduled report", "Sent"), null=True)

    objects = ScheduledReportsQuerySet["Sending"].as_manager()

    class Meta:
        ordering = ("-due_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["report", "due_at", "reader"], name="scheduled_sending_once"
            ),
        )
        indexes = (
            models.Index(
                fields=["id"], condition=Q(state="waiting"), name="scheduled_sending_waits"
            ),
            models.Index(fields=["due_at"], name="scheduled_sending_age"),
        )

    def __str__(self) -> str:
        return f"{self.report_id}: {self.reader_id}"
