"""Events and change notices, as received."""

from typing import ClassVar

from django.db import models

from opale.customers.models import Customer, Service
from opale.infrastructure.models import ConfigurationItem
from opale.run.events.models.fields import VerbatimJSON
from opale.run.events.models.integrations import Integration
from opale.run.events.models.querysets import AlertsQuerySet
from opale.run.events.states import Severity


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
    raw = VerbatimJSON()

    class Meta:
        ordering = ("-received_at", "-id")


class ChangeNotice(models.Model):
    """A change reported by a tool: it opens nothing, and may explain an alert."""

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

    objects = AlertsQuerySet["ChangeNotice"].as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["item", "-at"], name="change_notice_item"),
            models.Index(fields=["service", "-at"], name="change_notice_service"),
            models.Index(fields=["customer", "-at"], name="change_notice_customer"),
            models.Index(fields=["received_at"], name="change_notice_age"),
        )

    def __str__(self) -> str:
        return self.summary
