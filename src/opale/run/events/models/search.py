"""The words of alerts, kept beside them for the search."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from opale.run.events.models.alerts import Alert


class AlertWords(models.Model):
    """The searchable text of an alert, in small letters.

    Kept in its own table, so that neither moves nor the batch that brings an alert touch the index,
    which costs more than all others together. Written by `actions.search` once the alert is.
    """

    alert = models.OneToOneField(
        Alert, primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    said = models.TextField()

    class Meta:
        indexes = (GinIndex(fields=["said"], opclasses=["gin_trgm_ops"], name="alert_words"),)

    def __str__(self) -> str:
        return self.said


class UnreadWords(models.Model):
    """Alerts whose `AlertWords` are missing or outdated: up to 200 of a statement.

    Added by triggers of the table of alerts, and deleted when they were indexed.
    """

    alert_ids = ArrayField(models.BigIntegerField())
    added_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.alert_ids)
