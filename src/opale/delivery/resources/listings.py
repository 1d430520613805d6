"""Resource requests and plan proposals as lists."""

from collections.abc import Mapping
from datetime import date

from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.customers.listings.columns import customer_filter
from opale.delivery.resources.actions import requests
from opale.delivery.resources.models import PlanProposal, ResourceRequest
from opale.delivery.resources.queries import plans as plan_queries
from opale.delivery.resources.queries import requests as request_queries
from opale.delivery.resources.rights import ASK, PLAN, READ
from opale.delivery.resources.states import WAITS_FOR_LEAD, RequestState
from opale.endpoints.http import ActorRequest
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Jump, Listing, New, RowAct
from opale.listings.filters import Choice, Pick, Span, Words, mine
from opale.organisation.listings import team_filter
from opale.organisation.queries.people import skills
from opale.ui.components.badges import state
from opale.ui.components.times import clock_bar

S = RequestState
TONES: Mapping[str, str] = {
    S.ASKED: "new",
    S.OFFERED: "active",
    S.COUNTERED: "waiting",
    S.REFUSED: "bad",
    S.STAFFED: "done",
    S.WITHDRAWN: "closed",
}
STANDING = (
    ("open", pgettext_lazy("resource requests", "Open")),
    ("asked", pgettext_lazy("resource requests", "To be answered")),
    ("ended", pgettext_lazy("resource requests", "Closed")),
    ("all", pgettext_lazy("resource requests", "All")),
)
P = PlanProposal.State


def days(first: date, last: date) -> str:
    """Return the days as "14 Dec – 15 Jan 2027": the year stands where it is another one."""
    year = localdate().year
    return " – ".join(
        date_format(day, "MONTH_DAY_FORMAT" if day.year == year else "SHORT_DATE_FORMAT")
        for day in (first, last)
    )


OF_TEAM = team_filter(argument="team_id", api="team_id")


def _skill(row: ResourceRequest) -> str:
    if row.skill is None:
        return ""
    return f"{row.skill.name} · {_('level %(level)s') % {'level': row.level}}"


def _answer_due(row: ResourceRequest) -> object:
    if row.state not in WAITS_FOR_LEAD:
        return ""
    return clock_bar(_("answer"), row.answer_by, row.asked_at)


def _may_plan(request: ActorRequest) -> dict[str, object]:
    return {"may_plan": request.actor.can(PLAN)}


REQUESTS = Listing(
    name="resource-requests",
    title=gettext_lazy("Resources"),
    right=READ,
    url_name="resources_list",
    model=ResourceRequest,
    rows=request_queries.requests,
    order=Order(("answer_by", "id")),
    topic=requests.LIST,
    buttons="resources/_buttons.html",
    figures=_may_plan,
    new=New(gettext_lazy("Request an expert"), "resources_ask_for_resource", ASK),
    empty=Empty(
        "user-search",
        gettext_lazy("No request matches your filters"),
        gettext_lazy("No requests yet"),
        gettext_lazy(
            "A project requests hours of a skilled person from a team; the team lead proposes "
            "candidates or another date, or refuses."
        ),
    ),
    columns=(
        Column(
            "purpose", pgettext_lazy("a resource request", "Purpose"), "purpose", order=True,
            fixed=True, style="fill", link=lambda row: reverse("resources_show", args=[row.pk]),
        ),
        Column("customer", gettext_lazy("Customer"), "customer__name", order=True),
        Column("team", gettext_lazy("Team"), "team__name", order=True),
        Column("skill", gettext_lazy("Skill"), _skill, reads=("skill",), order="skill__name"),
        Column(
            "hours", pgettext_lazy("of work", "Hours"), "hours", order=True, style="end",
            cell=lambda row: floatformat(row.hours, -1),
        ),
        Column(
            "days", gettext_lazy("Days"), lambda row: days(row.since, row.last), order="since",
            exported=False,
        ),
        Column("since", pgettext_lazy("days", "From"), "since", order=True, shown=False),
        Column("last", gettext_lazy("Last day"), "last", order=True, shown=False),
        Column(
            "state", gettext_lazy("State"), "state", order=True,
            cell=lambda row: state(row.get_state_display(), TONES[row.state]),
        ),
        Column(
            "asked_by", gettext_lazy("Requested by"), "asked_by__name", order=True, shown=False
        ),
        Column(
            "asked", pgettext_lazy("a resource request", "Requested"), "asked_at", order=True,
            shown=False,
        ),
        Column(
            "answer_due", pgettext_lazy("a resource request", "Answer due"), "answer_by",
            cell=_answer_due, order=True,
        ),
        Column(
            "answered", pgettext_lazy("a resource request", "Answered"), "answered_at", order=True,
            shown=False,
        ),
        Column(
            "answered_by", gettext_lazy("Answer from"), "answered_by__name", order=True,
            shown=False,
        ),
        Column("reason", gettext_lazy("Reason"), "reason", shown=False, style="wrap"),
    ),
    filters=(
        Words(label=gettext_lazy("Purpose, customer or skill")),
        Choice(
            "state", gettext_lazy("State"), STANDING, argument="state", default="open",
            every="all", more=S.choices,
        ),
        mine("asked_by", pgettext_lazy("resource requests", "Requested by me"), on="asked"),
        OF_TEAM,
        Pick(
            "skill", gettext_lazy("Skill"), lookup="skill_id", api="skill_id",
            picker="organisation_skills_pick", rows=lambda actor: skills(seen_by=actor),
        ),
        customer_filter(lookup="customer_id"),
        Span("since", gettext_lazy("First day"), lookup="since"),
    ),
    acts=(
        RowAct(
            "withdraw", pgettext_lazy("a resource request", "Withdraw"), ASK, icon="x",
            run=requests.withdraw_request,
        ),
    ),
    jump=Jump(
        label=lambda row: row.purpose,
        url=lambda row: reverse("resources_show", args=[row.pk]),
        note=lambda row: row.team.name,
        group=gettext_lazy("Resource requests"),
        icon="user-search",
    ),
)  # fmt: skip


PLANS = Listing(
    name="plan-proposals",
    title=gettext_lazy("Schedule proposals"),
    right=PLAN,
    url_name="resources_plans",
    model=PlanProposal,
    rows=plan_queries.plans,
    order=Order(("-id",)),
    template="resources/plans.html",
    size=20,
    empty=Empty(
        "wand", gettext_lazy("No proposal matches your filters"), gettext_lazy("No proposals yet")
    ),
    columns=(
        Column(
            "days", gettext_lazy("Days"), lambda plan: days(plan.first, plan.last),
            order="first", fixed=True, link=lambda plan: reverse("resources_plan", args=[plan.pk]),
        ),
        Column("team", gettext_lazy("Team"), "team__name", order=True),
        Column(
            "asked", pgettext_lazy("a resource request", "Requested"), "asked_at", order=True
        ),
        Column("by", gettext_lazy("By"), "actor_name", order=True),
        Column(
            "state", gettext_lazy("State"), "state", order=True,
            cell=lambda plan: state(plan.get_state_display(), plan.tone),
        ),
        Column(
            "pieces", gettext_lazy("Tasks examined"), "pieces", order=True, style="end",
            shown=False,
        ),
    ),
    filters=(
        Choice("state", gettext_lazy("State"), P, lookup="state", menu=True),
        OF_TEAM,
    ),
)  # fmt: skip
