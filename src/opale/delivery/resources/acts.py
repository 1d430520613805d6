"""Acts of resource requests, and of plan proposals and their lines."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Place, Subject, button, create, form, place
from opale.delivery.resources.actions import answers, plan_decisions, plans, requests
from opale.delivery.resources.forms import (
    CounterForm,
    PlanForm,
    PlanLinesForm,
    RefusalForm,
    RequestForm,
    usual_need,
)
from opale.delivery.resources.models import PlanLine, PlanProposal, ResourceRequest
from opale.delivery.resources.queries import plans as plan_queries
from opale.delivery.resources.queries import requests as request_queries
from opale.delivery.resources.rights import ANSWER, ASK, PLAN
from opale.delivery.resources.shapes import PlanOut, ResourceRequestOut
from opale.delivery.resources.states import AGREE, COUNTER, REFUSE, WITHDRAW
from opale.kernel.proposals import DecidedLines, on_line

STAYS = _("Change refused; the plan stays as it is.")


def place_of_request(row: ResourceRequest) -> Place:
    return reverse("resources_show", args=[row.pk]), row.purpose


def place_of_plan(plan: PlanProposal) -> Place:
    return reverse("resources_plan", args=[plan.pk]), ""


def accepted(_row: object, decided: DecidedLines) -> str:
    """Return how many changes are reserved, and how many are not."""
    if decided.left:
        sentence = ngettext(
            "%(n)s change reserved. Not reserved, see the reasons below: %(left)s.",
            "%(n)s changes reserved. Not reserved, see the reasons below: %(left)s.",
            decided.done,
        )
    else:
        sentence = ngettext("%(n)s change reserved.", "%(n)s changes reserved.", decided.done)
    return sentence % {"n": decided.done, "left": decided.left}


def line_accepted(line: PlanLine, decided: DecidedLines) -> str:
    """Return that the change is reserved, or why it is not."""
    if decided.done:
        return accepted(line, decided)
    line.refresh_from_db()
    return line.sentence or gettext("No person found: there is nothing to accept.")


REQUESTS: Subject[ResourceRequest] = Subject(
    name="requests", page="resources/", endpoint="/resource-requests",
    home=place("resources_list", _("Resources")),
)  # fmt: skip
REQUEST = Subject(
    name="request", model=ResourceRequest, get=request_queries.get_request,
    shape=ResourceRequestOut,
    page="resources/<int:resource_request_id>/",
    endpoint="/resource-requests/{int:resource_request_id}", home=place_of_request,
)  # fmt: skip

PLANS: Subject[PlanProposal] = Subject(
    name="plans", page="resources/plans/", endpoint="/plans",
    home=place("resources_plans"),
)  # fmt: skip
PROPOSED = Subject(
    name="plan", model=PlanProposal, get=plan_queries.get_plan, shape=PlanOut,
    page="resources/plans/<int:plan_id>/", endpoint="/plans/{int:plan_id}", home=place_of_plan,
)  # fmt: skip
LINE = Subject(
    name="plan_line", model=PlanLine, get=plan_queries.get_plan_line,
    page="resources/plans/lines/<int:plan_line_id>/",
    home=lambda line: place_of_plan(line.proposal),
)  # fmt: skip

ACTS = (
    create(
        REQUESTS, requests.create_request, "ask_for_resource", ASK, RequestForm, made=REQUEST,
        noun="",
        optional={"level"}, initial=lambda _none, _by: usual_need(), title=_("Request an expert"),
        submit=_("Send request"), icon="plus", key="c", tone="primary",
        said=_("Request sent to the team lead."),
        text="The lead of the team answers within two days of work.",
    ),
    form(
        REQUEST, answers.counter_request, "offer_date", ANSWER, CounterForm, move=COUNTER,
        noun="counter", names={"counter_on": "on"}, title=_("Propose another date"),
        submit=_("Propose date"), label=_("Propose another date"), icon="calendar-time",
        initial=lambda row, _by: {"counter_on": row.since + timedelta(days=7)},
        said=_("Date proposed."),
    ),
    form(
        REQUEST, answers.refuse_request, "refuse_resource_request", ANSWER, RefusalForm,
        move=REFUSE, noun="refusal", title=_("Refuse request"), submit=_("Refuse"), icon="x",
        said=_("Request refused."),
    ),
    button(
        REQUEST, requests.agree_to_date, "agree_to_date", ASK, move=AGREE, noun="agreement",
        icon="check", tone="primary",
        said=_("Date accepted. The team lead now proposes candidates."),
        text="The day that was offered becomes the wish, and the lead names somebody.",
    ),
    button(
        REQUEST, requests.withdraw_request, "withdraw_resource_request", ASK, move=WITHDRAW,
        noun="withdrawal", said=_("Request withdrawn."),
    ),
    form(
        PLANS, plans.request_plan, "ask_for_plan", PLAN, PlanForm, noun="", page=None,
        gives=PlanOut, status=202,
        text="Let the planner search; its proposal is read, followed and decided by its own"
        " address.",
    ),
    button(
        PROPOSED, plans.stop_plan, "end_plan_search", PLAN, noun="end",
        label=_("Stop search"), icon="player-stop", key="s",
        said=_("Search stopped. The changes found so far are kept."),
        text="The best that was found is kept.",
    ),
    button(
        PROPOSED, plan_decisions.accept_lines, "accept_plan_lines", PLAN, body=PlanLinesForm,
        noun="acceptance", icon="check", tone="primary", key="c",
        said=accepted, text="What cannot be accepted says why in its line.",
    ),
    button(
        PROPOSED, plan_decisions.refuse_lines, "refuse_plan_lines", PLAN, body=PlanLinesForm,
        noun="refusal", label=_("Refuse all"), icon="x", said=STAYS,
    ),
    button(
        LINE, on_line(plan_decisions.accept_lines), "accept_plan_line", PLAN, noun=None,
        page="acceptance", label=_("Accept"), tone="primary", said=line_accepted,
    ),
    button(
        LINE, on_line(plan_decisions.refuse_lines), "refuse_plan_line", PLAN, noun=None,
        page="refusal", label=_("Refuse"), said=STAYS,
    ),
)  # fmt: skip
