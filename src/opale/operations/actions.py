"""Failed jobs: the error is kept, and a person runs them again or discards them.

Source: docs/howto/run-in-production.md, "Watch it".
"""

from contextlib import suppress
from datetime import timedelta
from typing import Final

from django.db import Error, transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, NotAllowed, NotFound
from opale.kernel.jobs import FAILED_KEPT_HOURS
from opale.kernel.logs import without_secrets
from opale.kernel.states import record_moves
from opale.operations.models import FAILED, FailedJob, JobError
from opale.operations.rights import JOBS

TOPIC: Final = "operations.jobs"
"""The live topic of the list."""
ERRORS_KEPT: Final = timedelta(hours=FAILED_KEPT_HOURS)
MAX_ERROR_LENGTH: Final = 2000
AT_ONCE: Final = 10_000


def retry_job(job: FailedJob, *, by: Actor) -> None:
    """Have a worker run a failed job once more.

    Errors: NotFound (it waits or ran meanwhile), NotAllowed, Conflict (this version has no such
    job, or one of its kind waits already).
    """
    with attributed(by):
        held = _held(job, by)
        if held.task_name not in app.tasks:
            raise Conflict(_("This version of Opale does not know this job: discard it."))
        try:
            with transaction.atomic():
                app.job_manager.retry_job_by_id(held.pk, retry_at=clock.now())
        except UniqueViolation:
            raise Conflict(
                _("Another job of this kind is already queued: discard this one.")
            ) from None
        _record("retry", held, "todo", by=by)


def discard_job(job: FailedJob, *, by: Actor) -> None:
    """Delete a failed job: what it was for is not done. Errors: NotFound, NotAllowed."""
    with attributed(by):
        held = _held(job, by)
        JobError.objects.filter(pk=held.pk).delete()
        FailedJob.objects.filter(pk=held.pk).delete()
        _record("discard", held, "discarded", by=by)


def record_error(job_id: int, error: Exception) -> None:
    """Keep the error with which an attempt ended, without its secrets; never fails itself."""
    said = f"{type(error).__name__}: {error}".replace("\0", "\ufffd")[: 2 * MAX_ERROR_LENGTH]
    text = without_secrets(said)[:MAX_ERROR_LENGTH]
    # Without a database the log alone has it.
    with suppress(Error):
        JobError.objects.update_or_create(job_id=job_id, defaults={"text": text, "at": clock.now()})


def delete_old_errors() -> int:
    """Delete errors as old as jobs that failed are kept; return how many."""
    old = JobError.objects.filter(at__lt=clock.now() - ERRORS_KEPT).order_by("at")
    found = list(old.values_list("pk", flat=True)[:AT_ONCE])
    JobError.objects.filter(pk__in=found).delete()
    return len(found)


def _held(job: FailedJob, by: Actor) -> FailedJob:
    if not by.can(JOBS):
        raise NotAllowed
    rows = FailedJob.objects.visible_to(by).filter(pk=job.pk)
    held = rows.select_for_update(of=("self",)).first()
    if held is None:
        raise NotFound
    return held


def _record(move: str, job: FailedJob, target: str, *, by: Actor) -> None:
    record_moves(FailedJob, move, {job.pk: FAILED}, target, by=by, at=clock.now())
    live_topics.publish(TOPIC)
