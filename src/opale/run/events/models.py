import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.customers.models import Customer, Service
from opale.infrastructure.models import ConfigurationItem
from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.kernel.owned import M, OwnedQuerySet
from opale.organisation.models import Person
from opale.run.events.naming import DEFAULT_NAMING, Naming
from opale.run.events.states import AlertState, Pulse, Severity, SilenceKind


class EventsQuerySet(OwnedQuerySet[M]):
    read_right = "events.read"


@tracked(creation=True)
class Integration(models.Model):
    """A source of events: one installation of an outside tool.

    `item_labels`, `service_labels` and `customer_labels` are what its own labels are called; null
    means the usual ones. `settings` are the connector's own: only what is not its default.
    """

    name = models.CharField(max_length=100, unique=True)
    format = models.CharField(max_length=40)
    active = models.BooleanField(default=True)
    events_per_minute = models.PositiveIntegerField(null=True)
    item_labels = ArrayField(models.CharField(max_length=100), null=True)
    service_labels = ArrayField(models.CharField(max_length=100), null=True)
    customer_labels = ArrayField(models.CharField(max_length=100), null=True)
    settings = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def naming(self) -> Naming:
        """Which labels of its events name what they are about."""
        usual = DEFAULT_NAMING
        return Naming(
            usual.items if self.item_labels is None else tuple(self.item_labels),
            usual.services if self.service_labels is None else tuple(self.service_labels),
            usual.customers if self.customer_labels is None else tuple(self.customer_labels),
        )


class IntegrationKey(models.Model):
    """A key in the source's address. Two may overlap while a source is moved to the newer one."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="keys")
    prefix = models.CharField(max_length=8)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)


class UnreadableDelivery(models.Model):
    """A delivery, or a part of one, that could not be read: kept aside with its reason."""

    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="unreadable"
    )
    received_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    body = models.BinaryField()
    size_bytes = models.PositiveBigIntegerField()

    class Meta:
        verbose_name_plural = "unreadable deliveries"
        indexes = (models.Index(fields=["integration", "-id"], name="unreadable_newest"),)


class Sample(models.Model):
    """What an integration received lately, as it came: to look at, and to try settings on."""

    integration = models.OneToOneField(Integration, on_delete=models.CASCADE, related_name="sample")
    received_at = models.DateTimeField()
    body = models.BinaryField()


class IntegrationHour(models.Model):
    """How much an integration brought in one hour: events, and what could not be read."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="hours")
    hour = models.DateTimeField()
    events = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["integration", "hour"], name="integration_hour_once"),
        )


class Event(models.Model):
    """One delivery about one thing, as received. Immutable, partitioned by day of receipt.

    No foreign key points here and none leaves, so that a day can be dropped whole.
    """

    received_at = models.DateTimeField()
    integration_id = models.BigIntegerField()
    identity = models.CharField(max_length=255)
    firing = models.BooleanField()
    severity = models.PositiveSmallIntegerField(choices=Severity.choices)
    occurred_at = models.DateTimeField()
    raw = models.JSONField()

    class Meta:
        ordering = ("-received_at", "-id")


@tracked(creation=True)
class Silence(models.Model):
    """Why and how long what it matches calls nobody.

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

    @property
    def topic(self) -> str:
        return f"events.silence:{self.pk}"


class Alert(models.Model):
    """The state of one identity of one integration: what is wrong, since when, and how bad.

    Moved by `events.actions` alone; counters and last-seen are no history, moves are recorded.
    `peak_severity` is the worst since it opened or somebody saw to it (null: as it is now),
    `openings` are the moments of receipt by which flapping is told. `marks` are what outside tools
    wrote on it beside its events: `tags`, `without` (tags taken off) and `attributes`.
    """

    reach_paths: ClassVar[dict[str, str]] = {"customers": "customer_id"}

    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="alerts")
    identity = models.CharField(max_length=255)
    state = models.CharField(max_length=12, choices=AlertState.choices, default=AlertState.OPEN)
    severity = models.PositiveSmallIntegerField(choices=Severity.choices)
    peak_severity = models.PositiveSmallIntegerField(choices=Severity.choices, null=True)
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    labels = models.JSONField(default=dict)
    raw = models.JSONField(default=dict)
    source_url = models.CharField(max_length=2000, blank=True)
    item = models.ForeignKey(
        ConfigurationItem, on_delete=models.SET_NULL, null=True, related_name="alerts"
    )
    service = models.ForeignKey(
        Service, on_delete=models.SET_NULL, null=True, related_name="alerts"
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, related_name="alerts"
    )
    owner = models.ForeignKey(
        Person,
        on_delete=models.SET_NULL,
        null=True,
        related_name="owned_alerts",
        db_index=False,
    )
    shelved_until = models.DateTimeField(null=True)
    openings = ArrayField(models.DateTimeField(), null=True)
    flapping_since = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    first_received_at = models.DateTimeField()
    last_received_at = models.DateTimeField()
    source_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    end_received_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    count = models.PositiveIntegerField(default=1)
    qualified_at = models.DateTimeField(null=True)
    lasts_until = models.DateTimeField(null=True)
    silence = models.ForeignKey(
        Silence, on_delete=models.PROTECT, null=True, related_name="alerts", db_index=False
    )
    marks = models.JSONField(null=True)

    objects = EventsQuerySet["Alert"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["integration", "identity"],
                condition=~Q(state="closed"),
                name="one_live_alert_per_identity",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | ~Q(state="closed") & Q(closed_at__isnull=True),
                name="alert_closed_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(state="cleared") | Q(cleared_at__isnull=False),
                name="alert_cleared_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["shelved", "closed"]) | Q(shelved_until__isnull=True),
                name="alert_end_of_shelf",
            ),
        )
        indexes = (
            models.Index(
                fields=["-severity", "-started_at", "-id"],
                condition=Q(state__in=["open", "acknowledged"]) | Q(flapping_since__isnull=False),
                name="alert_board",
            ),
            models.Index(
                fields=["shelved_until"], condition=Q(state="shelved"), name="alert_shelved"
            ),
            models.Index(
                fields=["flapping_since"],
                condition=Q(flapping_since__isnull=False),
                name="alert_flapping",
            ),
            models.Index(
                fields=["owner", "-id"], condition=Q(owner__isnull=False), name="alert_owner"
            ),
            models.Index(
                fields=["integration", "identity", "cleared_at"],
                condition=Q(state="closed"),
                name="alert_closed_identity",
            ),
            models.Index(
                fields=["integration", "closed_at"],
                condition=Q(state="closed"),
                name="alert_closed_lately",
            ),
            models.Index(fields=["item", "-id"], name="alert_item"),
            models.Index(fields=["customer", "-id"], name="alert_customer"),
            models.Index(
                fields=["silence"], condition=Q(silence__isnull=False), name="alert_silence"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def severity_code(self) -> str:
        """The severity as a word of the API and of the page kit: `critical`."""
        return Severity(self.severity).name.lower()

    @property
    def topic(self) -> str:
        """What is touched when this alert changes."""
        return f"events.alert:{self.pk}"


class AlertChange(models.Model):
    """What changed of an alert and is no move of its state. Append-only.

    `source` and `target` are severities (`warning`), names of people, or the name of a rule;
    `until` is the end of a shelf.
    """

    class Kind(models.TextChoices):
        SEVERITY = "severity", _("Severity")
        OWNER = "owner", pgettext_lazy("alert", "Owner")
        SHELVED = "shelved", pgettext_lazy("alert", "Shelved")
        QUALIFIED = "qualified", _("Qualified by rule")
        FLAPPING = "flapping", _("Flapping")
        STEADY = "steady", pgettext_lazy("alert", "Steady")

    alert = models.ForeignKey(
        Alert, on_delete=models.CASCADE, related_name="changes", db_index=False
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    source = models.CharField(max_length=100, blank=True)
    target = models.CharField(max_length=100, blank=True)
    until = models.DateTimeField(null=True)
    actor = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["alert", "-at"], name="alert_change_newest"),)


class RelatedIdentity(models.Model):
    """Another name of a trouble: its source said that both identities are the same one.

    `leader` is the identity of the alert. `told` when events of this name became that alert; else
    it was only named.
    """

    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="related", db_index=False
    )
    identity = models.CharField(max_length=255)
    leader = models.CharField(max_length=255)
    told = models.BooleanField()

    class Meta:
        verbose_name_plural = "related identities"
        constraints = (
            models.UniqueConstraint(
                fields=["integration", "identity", "leader"], name="related_identity_once"
            ),
        )


class AlertNote(models.Model):
    """What somebody wrote down about an alert. Append-only."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="notes", db_index=False)
    text = models.TextField()
    actor = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["alert", "-at"], name="alert_note_newest"),)


class ChangeNotice(models.Model):
    """What a tool said that somebody had changed: it opens nothing, and may explain an alert."""

    reach_paths: ClassVar[dict[str, str]] = {"customers": "customer_id"}

    integration = models.ForeignKey(
        Integration, on_delete=models.CASCADE, related_name="change_notices"
    )
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    summary = models.CharField(max_length=1024)
    source = models.CharField(max_length=255, blank=True)
    links = models.JSONField(default=list)
    raw = models.JSONField(default=dict)
    item = models.ForeignKey(
        ConfigurationItem, on_delete=models.SET_NULL, null=True, related_name="change_notices"
    )
    service = models.ForeignKey(
        Service, on_delete=models.SET_NULL, null=True, related_name="change_notices"
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, related_name="change_notices"
    )

    objects = EventsQuerySet["ChangeNotice"].as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["item", "-at"], name="change_notice_item"),
            models.Index(fields=["service", "-at"], name="change_notice_service"),
            models.Index(fields=["customer", "-at"], name="change_notice_customer"),
            models.Index(fields=["received_at"], name="change_notice_age"),
        )

    def __str__(self) -> str:
        return self.summary


@tracked(creation=True)
class QualificationRule(models.Model):
    """When an alert of an integration becomes an incident by itself."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="rules")
    name = models.CharField(max_length=100)
    minimum_severity = models.PositiveSmallIntegerField(choices=Severity.choices)
    open_for = models.DurationField()
    active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["integration", "name"], name="rule_name_once"),
        )

    @property
    def severity_code(self) -> str:
        return Severity(self.minimum_severity).name.lower()


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
        """That of its alert."""
        return f"heartbeat:{self.name}"

    def pulse(self, at: datetime) -> Pulse:
        """What is to be said of it at that moment."""
        if not self.active:
            return Pulse.PAUSED
        if self.last_beat_at is None:
            return Pulse.EXPECTED
        if self.missing_since is not None:
            return Pulse.MISSING
        return Pulse.LATE if at > self.last_beat_at + self.every else Pulse.WELL


class HeartbeatWatch(models.Model):
    """When somebody last looked for missing heartbeats: one row, by which a gap of ours shows."""

    looked_at = models.DateTimeField()


class NoiseReport(models.Model):
    """What made noise in a span of time, as it was counted; the newest one counts.

    `talkers`, `ignored` and `flapping` are lists of `Noise` (queries.noise), the noisiest first.
    """

    computed_at = models.DateTimeField()
    since = models.DateTimeField()
    talkers = models.JSONField(default=list)
    ignored = models.JSONField(default=list)
    flapping = models.JSONField(default=list)
