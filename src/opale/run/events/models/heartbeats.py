"""Heartbeats: signs of life that are expected."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.run.events.models.integrations import Integration
from opale.run.events.states import HeartbeatState, Severity


@tracked(creation=True, exclude=("last_beat_at", "due_at", "missing_since", "said"))
class Heartbeat(models.Model):
    """A sign of life that is expected again and again; when it fails to come, an alert rises.

    `due_at` is when it counts as missing: `every` and `grace` after the last one. Before its first
    beat nothing is expected. `said` is what its sender said beside, the last time.
    """

    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="heartbeats"
    )
    name = models.CharField(max_length=200)
    every = models.DurationField()
    grace = models.DurationField()
    severity = models.PositiveSmallIntegerField(choices=Severity.choices, default=Severity.MAJOR)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)
    last_beat_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    missing_since = models.DateTimeField(null=True)
    said = models.JSONField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["integration", "name"], name="heartbeat_name_once"),
            models.CheckConstraint(
                condition=Q(last_beat_at=None, due_at=None, missing_since=None)
                | Q(last_beat_at__isnull=False, due_at__isnull=False),
                name="heartbeat_due_after_its_first",
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at"],
                condition=Q(active=True, missing_since=None),
                name="heartbeat_due",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def identity(self) -> str:
        """Return the identity of its alert."""
        return f"heartbeat:{self.name}"

    def pulse(self, at: datetime) -> HeartbeatState:
        """Return its state at that moment."""
        if not self.active:
            return HeartbeatState.PAUSED
        if self.last_beat_at is None:
            return HeartbeatState.EXPECTED
        if self.missing_since is not None:
            return HeartbeatState.MISSING
        return HeartbeatState.LATE if at > self.last_beat_at + self.every else HeartbeatState.WELL


class HeartbeatWatch(models.Model):
    """The time of the last look for missing heartbeats: one row, by which a gap of ours shows."""

    looked_at = models.DateTimeField()
