"""Alerts: the state of a trouble, and its history."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.customers.models import Customer, Service
from opale.infrastructure.models import ConfigurationItem, Site
from opale.organisation.models import Person, Team
from opale.run.events.models.fields import VerbatimJSON
from opale.run.events.models.integrations import Integration
from opale.run.events.models.querysets import AlertsQuerySet
from opale.run.events.models.rules import EventRule
from opale.run.events.models.silences import Silence
from opale.run.events.states import AlertState, Severity


class Alert(models.Model):
    """The state of one identity of one integration: what is wrong, since when, and how bad.

    Moved by `events.actions` alone; counters and last-seen are no history, moves are recorded.
    `peak_severity` is the worst since it opened or was acknowledged (null: as it is now),
    `openings` are the moments of receipt by which flapping is told. `marks` are what outside tools
    wrote on it beside its events: `tags`, `without` (tags taken off) and `attributes`.

    What an alert refers to is checked by `kernel.references.refer`, not by a key of each column.

    What rules of events did is stored with it: which one suppresses it, which one holds it and
    until when (it calls then if still bad), whose it is, and which one makes an incident of it.
    """

    reach_paths: ClassVar[dict[str, str]] = {"customers": "customer_id"}
    lock_order: ClassVar[tuple[str, ...]] = ("integration_id", "identity", "pk")
    """The lock order of event batches: an action on many alerts and a storm do not deadlock."""

    integration = models.ForeignKey(
        Integration,
        on_delete=models.PROTECT,
        related_name="alerts",
        db_index=False,
        db_constraint=False,
    )
    identity = models.CharField(max_length=255)
    state = models.CharField(max_length=12, choices=AlertState.choices, default=AlertState.OPEN)
    severity = models.PositiveSmallIntegerField(choices=Severity.choices)
    peak_severity = models.PositiveSmallIntegerField(choices=Severity.choices, null=True)
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    labels = models.JSONField(default=dict)
    raw = VerbatimJSON(default=dict)
    source_url = models.CharField(max_length=2000, blank=True)
    item = models.ForeignKey(
        ConfigurationItem,
        on_delete=models.SET_NULL,
        null=True,
        related_name="alerts",
        db_index=False,
        db_constraint=False,
    )
    service = models.ForeignKey(
        Service,
        on_delete=models.SET_NULL,
        null=True,
        related_name="alerts",
        db_constraint=False,
    )
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        null=True,
        related_name="alerts",
        db_index=False,
        db_constraint=False,
    )
    site = models.ForeignKey(
        Site,
        on_delete=models.SET_NULL,
        null=True,
        related_name="alerts",
        db_index=False,
        db_constraint=False,
    )
    owner = models.ForeignKey(
        Person,
        on_delete=models.SET_NULL,
        null=True,
        related_name="owned_alerts",
        db_index=False,
        db_constraint=False,
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
        Silence,
        on_delete=models.PROTECT,
        null=True,
        related_name="alerts",
        db_index=False,
        db_constraint=False,
    )
    marks = models.JSONField(null=True)
    suppressed_by = models.ForeignKey(
        EventRule,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    held_by = models.ForeignKey(
        EventRule,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    held_until = models.DateTimeField(null=True)
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    routed_by = models.ForeignKey(
        EventRule,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    qualifies_by = models.ForeignKey(
        EventRule,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    objects = AlertsQuerySet["Alert"].as_manager()

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
                Coalesce("customer", 0),
                Coalesce("service", 0),
                "severity",
                "started_at",
                "id",  # a search reads which alerts are active, and in which order, from here alone
                condition=(
                    (Q(state__in=["open", "acknowledged"]) | Q(flapping_since__isnull=False))
                    & Q(silence=None, suppressed_by=None, held_until=None)
                ),
                include=["state"],  # the rail of every page counts the unacknowledged alerts
                name="alert_standing",
            ),
            models.Index(
                fields=["-severity", "-started_at", "-id"],
                condition=Q(state="acknowledged"),
                name="alert_acknowledged",
            ),
            models.Index(fields=["-id"], condition=Q(state="cleared"), name="alert_cleared"),
            models.Index(
                fields=["integration", "severity", "started_at"],
                condition=Q(state__in=["open", "acknowledged"], qualified_at__isnull=True),
                name="alert_unqualified",
            ),
            models.Index(
                fields=["shelved_until"], condition=Q(state="shelved"), name="alert_shelved"
            ),
            models.Index(
                fields=["lasts_until"],
                condition=Q(
                    lasts_until__isnull=False, state__in=["open", "acknowledged", "shelved"]
                ),
                name="alert_lasting",
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
            models.Index(
                fields=["suppressed_by"],
                condition=Q(suppressed_by__isnull=False),
                name="alert_suppressed",
            ),
            models.Index(
                fields=["held_until"], condition=Q(held_until__isnull=False), name="alert_held"
            ),
            models.Index(
                fields=["team", "-id"], condition=Q(team__isnull=False), name="alert_team"
            ),
            models.Index(
                fields=["qualifies_by"],
                condition=Q(qualifies_by__isnull=False, qualified_at=None),
                name="alert_qualifies",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def severity_code(self) -> str:
        """Return the severity as a word of the API and of the page kit: `critical`."""
        return Severity(self.severity).name.lower()

    @property
    def is_muted(self) -> bool:
        """Return whether a silence or a rule keeps the alert quiet for now."""
        return bool(self.silence_id or self.suppressed_by_id or self.held_until)

    @property
    def topic(self) -> str:
        """Return the topic that is published when this alert changes."""
        return f"events.alert:{self.pk}"


class AlertChange(models.Model):
    """A change of an alert that is no move of its state. Append-only.

    `source` and `target` are severities (`warning`), names of people or teams, or the name of a
    rule; `until` is the end of a shelf or of a hold.
    """

    class Kind(models.TextChoices):
        SEVERITY = "severity", _("Severity")
        OWNER = "owner", pgettext_lazy("alert", "Owner")
        SHELVED = "shelved", pgettext_lazy("alert", "Snoozed")
        QUALIFIED = "qualified", _("Incident opened by rule")
        FLAPPING = "flapping", _("Flapping")
        STEADY = "steady", pgettext_lazy("alert", "Stable")
        SUPPRESSED = "suppressed", pgettext_lazy("alert", "Suppressed")
        SPEAKS = "speaks", pgettext_lazy("alert", "No longer suppressed")
        HELD = "held", pgettext_lazy("alert", "Delayed")
        LASTS = "lasts", pgettext_lazy("alert", "No longer delayed")
        ROUTED = "routed", pgettext_lazy("alert", "Routed")

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
    """A note that somebody wrote on an alert. Append-only."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="notes", db_index=False)
    text = models.TextField()
    actor = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (models.Index(fields=["alert", "-at"], name="alert_note_newest"),)
