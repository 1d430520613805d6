"""Silences: why active alerts call nobody."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.organisation.models import Person
from opale.run.events.models.integrations import Integration
from opale.run.events.states import SilenceKind


@tracked(creation=True)
class Silence(models.Model):
    """For how long, and why, alerts that match call nobody.

    `starts_at` and `ends_at` are what somebody asked for; with a `recurrence` (a rule of iCalendar)
    it is in force for `duration` each time. `window_starts_at` and `window_ends_at` are the time in
    force that is running, or the next one; none is left when they are null. `turns_at` is when that
    has to be looked at again. What is named by id (`item_ids` and the like) narrows it further.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=SilenceKind.choices, default=SilenceKind.SILENCE)
    matchers = models.JSONField(default=list)
    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, null=True, related_name="silences"
    )
    item_ids = ArrayField(models.BigIntegerField(), default=list)
    service_ids = ArrayField(models.BigIntegerField(), default=list)
    site_ids = ArrayField(models.BigIntegerField(), default=list)
    customer_ids = ArrayField(models.BigIntegerField(), default=list)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    recurrence = models.CharField(max_length=200, blank=True)
    duration = models.DurationField(null=True)
    zone = models.CharField(max_length=64, default="UTC")
    ends_on_clear = models.BooleanField(default=False)
    comment = models.TextField()
    author = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, related_name="silences"
    )
    author_name = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=now)
    window_starts_at = models.DateTimeField(null=True)
    window_ends_at = models.DateTimeField(null=True)
    turns_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(recurrence="", duration=None, ends_at__isnull=False)
                | ~Q(recurrence="") & Q(duration__isnull=False),
                name="silence_ends",
            ),
            models.CheckConstraint(
                condition=Q(window_starts_at=None, window_ends_at=None, turns_at=None)
                | Q(window_starts_at__lt=models.F("window_ends_at")),
                name="silence_window_is_whole",
            ),
        )
        indexes = (
            models.Index(
                fields=["turns_at"], condition=Q(turns_at__isnull=False), name="silence_turns"
            ),
            models.Index(fields=["window_ends_at"], name="silence_window"),
        )

    def __str__(self) -> str:
        return self.comment

    @property
    def topic(self) -> str:
        return f"events.silence:{self.pk}"
