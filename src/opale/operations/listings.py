"""Failed jobs as a list."""

import json
from typing import Any

from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing, RowAct
from opale.listings.filters import Words
from opale.operations import actions, queries
from opale.operations.forms import DiscardJobForm
from opale.operations.models import FailedJob
from opale.operations.rights import JOBS

LONGEST = 200


def arguments_of(job: FailedJob) -> str:
    return json.dumps(job.args, ensure_ascii=False, sort_keys=True)


def _code(text: str) -> object:
    return format_html("<code>{}</code>", Truncator(text).chars(LONGEST))


def _discarding(data: Any = None, *, by: Actor) -> DiscardJobForm:
    return DiscardJobForm(data)


FAILED_JOBS = Listing(
    name="failed-jobs",
    title=gettext_lazy("Failed jobs"),
    right=JOBS,
    url_name="operations_failed_jobs",
    model=FailedJob,
    rows=queries.failed_jobs,
    order=Order(("-id",)),
    topic=actions.TOPIC,
    empty=Empty(
        "checks",
        gettext_lazy("No failed job matches your filters"),
        gettext_lazy("No failed jobs"),
        gettext_lazy(
            "Background jobs that failed after all their attempts stay here for 30 days: run them "
            "again once the cause is fixed."
        ),
    ),
    columns=(
        Column(
            "job", pgettext_lazy("of a worker", "Job"), "task_name", order=True, fixed=True,
            cell=lambda job: _code(job.task_name),
        ),
        Column(
            "error", gettext_lazy("Error"), lambda job: job.error, style="fill",
            cell=lambda job: Truncator(job.error).chars(LONGEST),
        ),
        Column(
            "arguments", pgettext_lazy("a job", "Arguments"), arguments_of,
            cell=lambda job: _code(arguments_of(job)),
        ),
        Column("attempts", gettext_lazy("Attempts"), "attempts", order=True, style="end"),
        Column(
            "failed_at", pgettext_lazy("a job", "Failed"), "failed_at", order=True, nullable=True
        ),
        Column("queue", pgettext_lazy("a job", "Queue"), "queue_name", order=True, shown=False),
    ),
    filters=(Words(label=gettext_lazy("Name of the job")),),
    acts=(
        RowAct("retry", pgettext_lazy("a job", "Run again"), JOBS, actions.retry_job, "refresh"),
        RowAct(
            "discard", pgettext_lazy("a job", "Discard"), JOBS, actions.discard_job, "trash",
            form=_discarding,
        ),
    ),
    line_acts=("retry_failed_job", "discard_failed_job"),
)  # fmt: skip
