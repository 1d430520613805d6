"""Acts of bulk jobs: confirm, stop and undo."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from opale.acts.declarations import Subject, button
from opale.run.desk.actions import bulk_jobs
from opale.run.desk.models import BulkItem, BulkJob
from opale.run.desk.queries import bulk_jobs as bulk_job_queries
from opale.run.desk.rights import WORK
from opale.run.desk.shapes.bulk_jobs import BulkJobOut

BULK_JOB = Subject(
    name="bulk_job", model=BulkJob, get=bulk_job_queries.get_bulk_job, shape=BulkJobOut,
    page="desk/bulk/<int:job_id>/", endpoint="/tickets/bulk-jobs/{int:job_id}",
    home=lambda job: (reverse("desk_bulk", args=[job.pk]), str(job.pk)),
)  # fmt: skip


def changed_tickets(_job: BulkJob, done: BulkJob) -> str:
    """Return how many tickets were changed, where the job is done already."""
    if done.state != BulkJob.State.DONE:
        return ""
    changed = bulk_job_queries.bulk_counts(done).get(BulkItem.Outcome.CHANGED, 0)
    said = ngettext("%(count)s ticket was changed.", "%(count)s tickets were changed.", changed)
    return said % {"count": changed}


def undo_of(_job: BulkJob, done: BulkJob) -> str:
    return reverse("desk_undo_bulk_job", args=[done.pk]) if bulk_jobs.is_undoable(done) else ""


ACTS = (
    button(
        BULK_JOB, bulk_jobs.confirm_bulk_job, "confirm_bulk_job", WORK, noun="confirmation",
        said=changed_tickets, undo=undo_of,
        text="Do what was tried; or go on with what was stopped.",
    ),
    button(
        BULK_JOB, bulk_jobs.stop_bulk_job, "stop_bulk_job", WORK, noun="stop",
        said=_("Stopped. Changes already made remain."), text="What is done stays done.",
    ),
    button(
        BULK_JOB, bulk_jobs.undo_bulk_job, "undo_bulk_job", WORK, noun="undo", page="undoing",
        text="For fourteen days, where nobody has gone on from it.",
    ),
)  # fmt: skip
