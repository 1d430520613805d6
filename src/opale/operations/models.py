from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import ProcrastinateJob

from opale.kernel.actor import Actor
from opale.kernel.owned import OwnedQuerySet
from opale.operations.rights import JOBS


class FailedJobQuerySet(OwnedQuerySet["FailedJob"]):
    read_right = JOBS

    def visible_to(self, actor: Actor) -> Self:
        return super().visible_to(actor).filter(status=FAILED)


FAILED = "failed"


class FailedJob(ProcrastinateJob):
    """A job that failed, and that no worker takes again by itself.

    `queries` add the `error` of its last attempt, and when that was (`failed_at`).
    """

    reach_paths: ClassVar[dict[str, str]] = {}

    objects = FailedJobQuerySet.as_manager()  # type: ignore[misc,assignment]  # theirs only reads

    class Meta:
        proxy = True

    def __str__(self) -> str:
        return self.task_name


class JobError(models.Model):
    """The error of the last attempt of a job that ended in one; its number is never given again."""

    job_id = models.BigIntegerField(primary_key=True)
    text = models.TextField(_("Error"))
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["at"], name="job_error_age"),)
