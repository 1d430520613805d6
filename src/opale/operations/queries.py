"""Queries of failed jobs."""

from django.db.models import OuterRef, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from procrastinate.contrib.django.models import ProcrastinateEvent

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.operations.models import FAILED, FailedJob, FailedJobQuerySet, JobError


def failed_jobs(*, seen_by: Actor, text: str = "") -> FailedJobQuerySet:
    """Return the jobs that failed, with their last error (`error`) and when it was (`failed_at`):
    those whose name has a text.
    """
    ended = ProcrastinateEvent.objects.filter(job=OuterRef("pk"), type=FAILED).order_by("-at")
    errors = JobError.objects.filter(job_id=OuterRef("pk")).values("text")
    found = FailedJob.objects.visible_to(seen_by).annotate(
        failed_at=Subquery(ended.values("at")[:1]),
        error=Coalesce(Subquery(errors), Value(""), output_field=TextField()),
    )
    return found.filter(task_name__icontains=text) if text else found


def get_failed_job(job_id: int, *, seen_by: Actor) -> FailedJob:
    """Return a job that failed. Errors: NotFound."""
    found = failed_jobs(seen_by=seen_by).filter(pk=job_id).first()
    if found is None:
        raise NotFound
    return found


def jobs_to_look_at(actor: Actor) -> FailedJobQuerySet:
    """Return the jobs that failed, for the rail."""
    return FailedJob.objects.visible_to(actor)
