from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from opale.customers.models import SupportPlan
from opale.kernel.clock import now
from opale.organisation.models import Language
from opale.run.desk.models.base import DeskQuerySet


class MailText(models.Model):
    """A mail text for an occasion in one language, from `at` on. Append-only: the last row counts.

    With a plan it applies to that plan's customers. One that `is_shipped` has no text: from then on
    the text of all plans applies again, or the one that Opale ships.
    """

    reach_paths: ClassVar[dict[str, str]] = {}

    occasion = models.CharField(max_length=30)
    language = models.CharField(_("Language"), max_length=2, choices=Language.choices)
    plan = models.ForeignKey(SupportPlan, on_delete=models.PROTECT, null=True, related_name="+")
    subject = models.CharField(_("Subject"), max_length=300, blank=True)
    body = models.TextField(_("Text"), blank=True)
    is_shipped = models.BooleanField(default=False)
    actor = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    at = models.DateTimeField(default=now)

    objects = DeskQuerySet["MailText"].as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["occasion", "language", "plan", "-id"], name="mail_text_last"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(is_shipped=True, subject="", body="")
                | models.Q(is_shipped=False) & ~models.Q(body="") & ~models.Q(subject=""),
                name="mail_text_says_something",
            ),
        )
