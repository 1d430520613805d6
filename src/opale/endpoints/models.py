from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.kernel.clock import now
from opale.kernel.owned import OwnedQuerySet


class KeptAnswer(models.Model):
    """Answer to a POST that carried an Idempotency-Key, sent again when the POST is repeated.

    An answer with a secret is kept without its body. `customers` is that of the transaction
    (`opale.customers`): a customer's request sees no other.
    """

    credential = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField(blank=True)
    secret = models.BooleanField(default=False)
    content_type = models.CharField(max_length=100, blank=True)
    location = models.CharField(max_length=500, blank=True)
    customers = models.TextField(
        db_default=Coalesce(
            models.Func(
                models.Value("opale.customers"), models.Value(True), function="current_setting"
            ),
            models.Value(""),
        ),
        blank=True,
    )
    kept_at = models.DateTimeField(default=now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["credential", "key"], name="one_answer_per_key"),
        )
        indexes = (models.Index(fields=["kept_at"], name="kept_answer_age"),)


IMPORTS_KEPT = timedelta(days=14)


class FileImportQuerySet(OwnedQuerySet["FileImport"]):
    read_right = "exchange.use"


class FileImport(models.Model):
    """File uploaded for import. Its content is kept until it is written.

    `user_id` and `credential` say who asked (`endpoints.job_actors`); `language` is that of the
    sentences in `faults`. `counts` are lines by what they did.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        WRITTEN = "written", pgettext_lazy("a file", "Imported")
        REFUSED = "refused", _("Refused")
        TAKING_BACK = "taking_back", _("Being undone")
        TAKEN_BACK = "taken_back", _("Undone")

    reach_paths: ClassVar[dict[str, str]] = {"user": "user_id"}

    table = models.CharField(max_length=40)
    user_id = models.BigIntegerField()
    actor_name = models.CharField(max_length=200)
    credential = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    content = models.BinaryField(null=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    kept_back = models.JSONField(default=list)
    sent_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True)

    objects = FileImportQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["sent_at"], name="file_import_age"),)

    @property
    def may_be_taken_back(self) -> bool:
        return self.state == self.State.WRITTEN and self.sent_at >= now() - IMPORTS_KEPT


class ImportedRow(models.Model):
    """Effect of an import on one row, in the texts of the file, for its undo."""

    file_import = models.ForeignKey(FileImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    key = models.JSONField()
    row_id = models.BigIntegerField()
    made = models.BooleanField()
    before = models.JSONField(default=dict)
    after = models.JSONField()
