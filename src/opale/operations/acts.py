"""What is done to failed jobs."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.acts.declarations import Subject, button, form, place
from opale.operations import actions, queries
from opale.operations.forms import DiscardJobForm
from opale.operations.models import FailedJob
from opale.operations.rights import JOBS
from opale.operations.shapes import FailedJobOut

FAILED_JOB = Subject(
    name="failed_job",
    model=FailedJob,
    get=queries.get_failed_job,
    rows=queries.failed_jobs,
    shape=FailedJobOut,
    page="failed-jobs/<int:failed_job_id>/",
    endpoint="/failed-jobs/{int:failed_job_id}",
    home=place("operations_failed_jobs", _("Failed jobs")),
)
ACTS = (
    button(
        FAILED_JOB,
        actions.retry_job,
        "retry_failed_job",
        JOBS,
        noun="retry",
        status=204,
        label=pgettext_lazy("a job", "Run again"),
        icon="refresh",
        said=_("Job queued to run again."),
    ),
    form(
        FAILED_JOB,
        actions.discard_job,
        "discard_failed_job",
        JOBS,
        DiscardJobForm,
        verb="DELETE",
        noun="",
        page="discard",
        title=_("Discard the job “%(failed_job)s”?"),
        submit=pgettext_lazy("a job", "Discard"),
        icon="trash",
        tone="danger",
        said=_("Job “%(failed_job)s” discarded without being done."),
        text="What it was for is not done.",
    ),
)
