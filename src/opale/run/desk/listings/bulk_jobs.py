"""Changes of many tickets as a list."""

from django.urls import reverse
from django.utils.translation import gettext_lazy

from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing
from opale.listings.filters import Choice, Span
from opale.run.desk.models import BulkJob
from opale.run.desk.queries.bulk_jobs import bulk_jobs
from opale.run.desk.rights import WORK
from opale.ui.components.badges import state

State = BulkJob.State
TONES = {
    State.SHOWN: "new",
    State.DONE: "done",
    State.STOPPED: "waiting",
    State.FAILED: "bad",
    State.UNDONE: "closed",
}

BULK_JOBS = Listing(
    name="bulk_jobs",
    title=gettext_lazy("Bulk changes"),
    right=WORK,
    url_name="desk_bulks",
    model=BulkJob,
    rows=bulk_jobs,
    order=Order(("-id",)),
    template="desk/list.html",
    empty=Empty(
        "list-check",
        gettext_lazy("No bulk change matches your filters"),
        gettext_lazy("No bulk changes yet"),
        gettext_lazy("Select lines in a ticket list, then edit them together."),
    ),
    columns=(
        Column("asked", gettext_lazy("Requested at"), "asked_at", order="id"),
        Column(
            "act", gettext_lazy("Action"), "act", fixed=True, style="fill", order=True,
            link=lambda job: reverse("desk_bulk", args=[job.pk]),
        ),
        Column("tickets", gettext_lazy("Tickets"), "total", order=True, style="end"),
        Column("by", gettext_lazy("By"), "actor_name", order=True),
        Column(
            "state", gettext_lazy("State"), "state", order=True,
            cell=lambda job: state(
                job.get_state_display(), TONES.get(State(job.state), "active")
            ),
        ),
        Column("finished", gettext_lazy("Finished"), "finished_at", order=True, shown=False),
    ),
    filters=(
        Choice("act", gettext_lazy("Action"), BulkJob.Act, lookup="act", menu=True),
        Choice("state", gettext_lazy("State"), State, lookup="state", menu=True),
        Span("asked", gettext_lazy("Requested at"), lookup="asked_at", moment=True),
    ),
)  # fmt: skip
