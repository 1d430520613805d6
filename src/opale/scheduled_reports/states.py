"""Outcomes of sending a scheduled report to one reader."""

from django.db import models
from django.utils.translation import pgettext_lazy


class SendingState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("a scheduled report", "Waiting")
    SENT = "sent", pgettext_lazy("a scheduled report", "Sent")
    REFUSED = "refused", pgettext_lazy("a scheduled report", "No access")
    FAILED = "failed", pgettext_lazy("a scheduled report", "Failed")
