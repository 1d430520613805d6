"""Pages of people about things, and stand-by slips, as lists."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any, Literal

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import Field

from opale.customers.listings.columns import customer_filter
from opale.endpoints.http import ActorRequest
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing, RowAct
from opale.listings.filters import Choice, Parameter, Pick, Span, Words
from opale.organisation.queries.people import people
from opale.run.paging.actions import answers
from opale.run.paging.actions.mobilisations import BOARD
from opale.run.paging.models import Mobilisation, RuleFix, Slip, SlipQuerySet
from opale.run.paging.queries import mobilisations
from opale.run.paging.queries import slips as slip_queries
from opale.run.paging.rights import READ, SLIPS, WORK
from opale.run.paging.states import ANSWER, RESOLVE, UNANSWERED, MobilisationState, Trigger
from opale.ui.components.badges import person, priority, state
from opale.ui.components.times import moment, span

PEOPLE = "organisation.read"
TONES: Mapping[str, str] = {
    MobilisationState.TRIGGERED: "waiting",
    MobilisationState.EXHAUSTED: "bad",
    MobilisationState.ACKNOWLEDGED: "active",
    MobilisationState.RESOLVED: "closed",
}
NOTHING = Empty(
    "bell", pgettext_lazy("to people", "No page matches your filters"), gettext_lazy("No pages yet")
)  # fmt: skip


def _answering(row: Mobilisation, actor: Actor) -> tuple[str, ...]:
    return ("answer_mobilisation",) if actor.can(WORK) and row.state in UNANSWERED else ()


MOBILISATIONS = Listing(
    name="mobilisations",
    title=pgettext_lazy("to people", "On-call"),
    right=READ,
    url_name="paging_board",
    model=Mobilisation,
    rows=mobilisations.found_mobilisations,
    order=Order(("-started_at", "-id")),
    topic=BOARD,
    buttons="paging/board/_buttons.html",
    empty=NOTHING,
    empties={
        "view=calling": Empty(
            "circle-check",
            "",
            gettext_lazy("No active pages"),
            gettext_lazy("Unanswered pages appear here."),
        ),
        "view=acknowledged": NOTHING,
    },
    columns=(
        Column(
            "title", gettext_lazy("Subject"), "title", fixed=True, style="fill",
            link=lambda row: reverse("paging_mobilisation", args=[row.pk]),
        ),
        Column(
            "state", gettext_lazy("State"), "state",
            cell=lambda row: state(row.get_state_display(), TONES[row.state]),
        ),
        Column(
            "priority", gettext_lazy("Priority"), "priority", order=True,
            cell=lambda row: priority(row.priority) if row.priority else "",
        ),
        Column("trigger", gettext_lazy("Reason"), "trigger", shown=False),
        Column(
            "customer", gettext_lazy("Customer"), "customer__name", order=True,
            right="customers.read",
        ),
        Column("team", gettext_lazy("Team"), "team__name", right=PEOPLE, shown=False),
        Column("policy", gettext_lazy("Policy"), "version__policy__name", shown=False),
        Column(
            "answered_by", pgettext_lazy("a page", "Acknowledged by"), "answered_name",
            cell=lambda row: person(row.answered_name) if row.answered_name else "",
        ),
        Column("started", gettext_lazy("Since"), "started_at", order=True),
        Column(
            "answered", pgettext_lazy("mobilisation", "Acknowledged"), "answered_at", shown=False
        ),
        Column("resolved", pgettext_lazy("mobilisation", "Ended"), "resolved_at", shown=False),
    ),
    filters=(
        Words(label=gettext_lazy("Subject")),
        Choice(
            "view", pgettext_lazy("to people", "On-call"),
            (
                ("calling", gettext_lazy("Paging")),
                ("acknowledged", gettext_lazy("Acknowledged")),
                ("all", gettext_lazy("All")),
            ),
            argument="view", api="", default="calling", every="all", tabs=True,
        ),
        Choice("trigger", gettext_lazy("Reason"), Trigger, lookup="trigger", menu=True),
        customer_filter(lookup="customer_id"),
        Span("started", gettext_lazy("Since"), lookup="started_at", moment=True),
        Parameter(
            "state", argument="state",
            api_type=Literal["open", "triggered", "exhausted", "acknowledged", "resolved"] | None,
        ),
        Parameter(
            "about", argument="about", api_type=Annotated[str, Field(max_length=100)] | None
        ),
    ),
    acts=(
        RowAct(
            ANSWER.name, ANSWER.label, WORK, icon="check",
            run=answers.answer_mobilisation,
        ),
        RowAct(
            RESOLVE.name, RESOLVE.label, WORK, icon="circle-check",
            run=answers.end_mobilisation,
        ),
    ),
    line_acts=_answering,
)  # fmt: skip


def asked_month(request: ActorRequest) -> date:
    """Return the first day of the month asked for, else of this one. Errors: NotFound."""
    asked = request.GET.get("month", "")
    try:
        day = date.fromisoformat(f"{asked}-01") if asked else timezone.localdate(clock.now())
    except ValueError:
        raise NotFound from None
    # The months beside it are offered too: there is none before or after the calendar's ends.
    if not date.min.year < day.year < date.max.year:
        raise NotFound
    return day.replace(day=1)


def _around_slips(request: ActorRequest) -> Mapping[str, object]:
    """Return the shifts that begin too early, the months of the payroll, and what to put right.

    Each early shift costs queries: the template that has them calls for them, which is the whole
    page's alone.
    """
    month, at = asked_month(request), clock.now()
    return {
        "early": partial(slip_queries.early_shifts, seen_by=request.actor, at=at),
        "month": month,
        "before": (month - timedelta(days=1)).replace(day=1),
        "fixes": slip_queries.fixes(seen_by=request.actor).filter(state=RuleFix.State.OPEN)[:50],
    }


def _with_subject(rows: SlipQuerySet, _actor: Actor) -> Any:
    """Load the subject of the page: who was called by it may read it, without the right to all."""
    return rows.annotate(subject=F("mobilisation__title"))


SLIPS_LIST = Listing(
    name="stand-by-slips",
    title=gettext_lazy("Call-outs"),
    right=SLIPS,
    url_name="paging_slips",
    model=Slip,
    rows=slip_queries.found_slips,
    named=lambda slip: slip.began_at,
    order=Order(("-began_at", "-id")),
    template="paging/slips/list.html",
    buttons="paging/slips/_buttons.html",
    figures=_around_slips,
    empty=Empty(
        "moon",
        gettext_lazy("No call-out matches your filters"),
        gettext_lazy("No call-outs yet"),
        gettext_lazy("A page acknowledged by somebody off shift is recorded as a call-out."),
    ),
    columns=(
        Column(
            "began", gettext_lazy("Paged at"), "began_at", order=True, fixed=True,
            cell=lambda slip: moment(slip.began_at, "full"),
        ),
        Column(
            "why", gettext_lazy("Reason"), lambda slip: slip.subject, loads=_with_subject,
            style="fill", link=lambda slip: reverse("paging_fill_in_slip", args=[slip.pk]),
        ),
        Column("person", gettext_lazy("Person"), "person__name", order=True, right=PEOPLE),
        Column("team", gettext_lazy("Team"), "team__name", right=PEOPLE, shown=False),
        Column(
            "ended", gettext_lazy("Ended at"), "ended_at", order=True,
            cell=lambda slip: moment(slip.ended_at, "full")
            if slip.ended_at
            else state(_("In progress"), "active"),
        ),
        Column(
            "travel", gettext_lazy("Travel"), "travel",
            cell=lambda slip: span(slip.travel) if slip.travel else "",
        ),
        Column("note", gettext_lazy("Note"), "note", shown=False, style="wrap"),
        Column("worth", gettext_lazy("Necessary"), "worth"),
    ),
    filters=(
        Choice("worth", gettext_lazy("Necessary"), Slip.Worth, lookup="worth", menu=True),
        Pick(
            "person", gettext_lazy("Person"), argument="person_id", api="person_id", right=PEOPLE,
            picker="paging_pick_owner", rows=lambda actor: people(seen_by=actor),
        ),
        Span("began", gettext_lazy("Paged at"), lookup="began_at", moment=True, api=""),
        Parameter(
            "since", argument="since",
            api_type=Annotated[date, Field(description="Begun on this day or later")] | None,
        ),
        Parameter(
            "until", argument="until",
            api_type=Annotated[date, Field(description="Begun on this day or before")] | None,
        ),
    ),
)  # fmt: skip
