"""Sources of events: their keys, what they sent, and their rules."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from opale.kernel.clock import now
from opale.kernel.history import tracked
from opale.run.events.domain.label_mapping import DEFAULT_LABEL_MAPPING, LabelMapping
from opale.run.events.states import Severity


@tracked(creation=True)
class Integration(models.Model):
    """A source of events: one installation of an outside tool.

    `item_labels`, `service_labels`, `customer_labels` and `site_labels` are what its own labels are
    called; null means the usual ones. `settings` are the connector's own: only what is not its
    default.
    """

    name = models.CharField(max_length=100, unique=True)
    format = models.CharField(max_length=40)
    active = models.BooleanField(default=True)
    events_per_minute = models.PositiveIntegerField(null=True)
    item_labels = ArrayField(models.CharField(max_length=100), null=True)
    service_labels = ArrayField(models.CharField(max_length=100), null=True)
    customer_labels = ArrayField(models.CharField(max_length=100), null=True)
    site_labels = ArrayField(models.CharField(max_length=100), null=True)
    settings = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def naming(self) -> LabelMapping:
        """Return the labels of its events that name what they are about."""
        usual = DEFAULT_LABEL_MAPPING
        return LabelMapping(
            usual.items if self.item_labels is None else tuple(self.item_labels),
            usual.services if self.service_labels is None else tuple(self.service_labels),
            usual.customers if self.customer_labels is None else tuple(self.customer_labels),
            usual.sites if self.site_labels is None else tuple(self.site_labels),
        )


class IntegrationKey(models.Model):
    """A key in the source's address. Two may overlap while a source is moved to the newer one."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="keys")
    prefix = models.CharField(max_length=8)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)


class KeyBucket(models.Model):
    """The tokens left to a limited key, in all processes together; negative where owed.

    Source: docs/rules/alerts.md, "Receipt".
    """

    key = models.OneToOneField(
        IntegrationKey, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    per_minute = models.PositiveIntegerField()
    tokens = models.FloatField()
    filled_at = models.DateTimeField()


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
    """A recent delivery of an integration, as received: to look at, and to try settings on."""

    integration = models.OneToOneField(Integration, on_delete=models.CASCADE, related_name="sample")
    received_at = models.DateTimeField()
    body = models.BinaryField()


class IntegrationHour(models.Model):
    """The counts of an integration in one hour: events, and what could not be read."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="hours")
    hour = models.DateTimeField()
    events = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["integration", "hour"], name="integration_hour_once"),
        )


@tracked(creation=True)
class QualificationRule(models.Model):
    """A rule by which an alert of an integration becomes an incident by itself."""

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
