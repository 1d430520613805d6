from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.customers.models import Customer
from opale.kernel.clock import now
from opale.run.desk.models.base import BY_CUSTOMER, DeskQuerySet
from opale.run.desk.models.ticket import Ticket

UNDONE_FOR = timedelta(days=14)


class BulkJobQuerySet(DeskQuerySet["BulkJob"]):
    """All bulk jobs, for those who work at the desk: they share responsibility for its tickets."""

    read_right = "desk.work"


class BulkJob(models.Model):
    """One act on many tickets: tried first, then done batch by batch, and undoable for a time.

    `user_id` and `credential` identify the requester (`endpoints.askers`), `language` is that of
    the sentences. `said` holds the parameters of the act, `matching` the view of tickets as it was
    when requested; both by keys and texts. `reached` is the last ticket of that view that is in the
    job, `done` how many of `total` the present step has processed.
    """

    class Act(models.TextChoices):
        GIVE = "give", _("Assign")
        GRADE = "grade", _("Impact and urgency")
        TAG = "tag", _("Add tags")
        UNTAG = "untag", _("Remove tags")
        WAIT = "wait", _("Put on hold")
        RESUME = "resume", _("Resume")
        RESOLVE = "resolve", _("Resolve")
        CLOSE = "close", _("Close")
        CANCEL = "cancel", _("Cancel")
        PARENT = "parent", _("Link to a parent ticket")
        MERGE = "merge", _("Merge into a ticket")
        WRITE = "write", _("Write to the customer")
        NOTE = "note", _("Add an internal note")
        MACRO = "macro", _("Run macro")

    class State(models.TextChoices):
        LOOKING = "looking", _("Preparing preview")
        SHOWN = "shown", _("To be confirmed")
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Failed")
        UNDOING = "undoing", _("Undoing")
        UNDONE = "undone", _("Undone")

    reach_paths: ClassVar[dict[str, str]] = {"user": "user_id"}

    act = models.CharField(max_length=10, choices=Act.choices)
    said = models.JSONField(default=dict)
    matching = models.JSONField(null=True)
    reached = models.BigIntegerField(default=0)
    user_id = models.BigIntegerField()
    actor_name = models.CharField(max_length=200)
    credential = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = BulkJobQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=["asked_at"], name="bulk_job_age"),)

    def __str__(self) -> str:
        return f"{self.get_act_display()} ({self.pk})"

    @property
    def topic(self) -> str:
        return f"desk.bulkjob:{self.pk}"


class BulkItem(models.Model):
    """A ticket of a bulk job, with the result of the trial (`tried`) and of the act (`outcome`).

    `before` is the data needed to undo the act.
    """

    class Outcome(models.TextChoices):
        CHANGED = "changed", pgettext_lazy("a ticket", "Changed")
        SAME = "same", _("No change")
        REFUSED = "refused", _("Refused")
        UNDONE = "undone", _("Undone")
        KEPT = "kept", _("Left unchanged")

    reach_paths: ClassVar[dict[str, str]] = BY_CUSTOMER

    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="items")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+")
    tried = models.CharField(max_length=8, choices=Outcome.choices, blank=True, default="")
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True, default="")
    code = models.CharField(max_length=20, blank=True, default="")
    sentence = models.TextField(blank=True, default="")
    before = models.JSONField(default=dict)

    objects = DeskQuerySet["BulkItem"].as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["job", "ticket"], name="once_in_a_bulk_job"),
        )
        indexes = (
            models.Index(fields=["job", "outcome", "ticket"], name="bulk_item_outcome"),
            models.Index(fields=["job", "tried", "ticket"], name="bulk_item_tried"),
        )
