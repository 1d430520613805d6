"""Pages of plan proposals: request, progress and decision line by line."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.delivery.resources.actions import plan_decisions, plans
from opale.delivery.resources.actions.plan_decisions import PlanDecision
from opale.delivery.resources.listings import PLAN_TONES, PLANS, last_day
from opale.delivery.resources.models import PlanLine, PlanProposal
from opale.delivery.resources.queries import plans as plan_queries
from opale.delivery.resources.rights import PLAN
from opale.endpoints.http import ActorRequest, needs
from opale.listings.pages import context_of, drawn
from opale.organisation.models import Team
from opale.organisation.queries.teams import teams
from opale.ui.forms import submit_form
from opale.ui.keyset import Order, page
from opale.ui.toasts import toast_next

IN_ORDER = Order(("id",))
State, LineState = PlanProposal.State, PlanLine.State
LINE_TONES = {
    LineState.ACCEPTED: "done",
    LineState.REFUSED: "closed",
    LineState.STALE: "waiting",
}
SEARCHING = (State.WAITING, State.RUNNING, State.STOPPING)


class SearchForm(forms.Form):
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Team"),
        required=False,
        empty_label=gettext_lazy("All teams"),
    )
    weeks = forms.TypedChoiceField(
        label=gettext_lazy("How many weeks"),
        coerce=int,
        choices=lambda: [
            (n, ngettext("%(n)s week", "%(n)s weeks", n) % {"n": n}) for n in plans.WEEKS
        ],
        initial=13,
    )
    seconds = forms.TypedChoiceField(
        label=gettext_lazy("Search for at most"),
        coerce=int,
        choices=lambda: [(n, _("%(n)s seconds") % {"n": n}) for n in plans.SECONDS],
    )


@require_http_methods(["GET", "POST"])
@needs(PLAN)
def index(request: ActorRequest) -> HttpResponse:
    """List the proposals, and start a new search."""
    form = SearchForm(request.POST or None)
    field = form.fields["team"]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = teams(seen_by=request.actor).order_by("name")
    made: list[int] = []

    def ask() -> None:
        found = plans.request_plan(
            by=request.actor, credential=request.credential, **form.cleaned_data
        )
        made.append(found.pk)

    if request.method == "POST" and submit_form(form, ask):
        return redirect("resources_plan", made[0])
    if request.htmx:
        return drawn(request, PLANS)
    status = 422 if form.is_bound and form.errors else 200
    context = context_of(request, PLANS) | {"form": form}
    return render(request, PLANS.template, context, status=status)


@require_GET
@needs(PLAN)
def show(request: ActorRequest, plan_id: int) -> HttpResponse:
    """Show the progress and result of a search, live, and then its decision."""
    plan = plan_queries.get_plan(plan_id, seen_by=request.actor)
    found = page(plan_queries.plan_lines(plan, seen_by=request.actor), IN_ORDER, request.GET)
    counts = plan_queries.plan_counts(plan)
    context = {
        "plan": plan,
        "last": last_day(plan),
        "tone": PLAN_TONES.get(State(plan.state), "active"),
        "searching": plan.state in SEARCHING,
        "page": found,
        "lines": [(line, LINE_TONES.get(LineState(line.state), "new")) for line in found.rows],
        "count": sum(counts.values()),
        "open": counts.get(LineState.OPEN, 0),
        "to_decide": plan.state == State.READY,
    }
    template = "resources/_plan.html" if request.htmx else "resources/plan.html"
    return render(request, template, context)


@require_POST
@needs(PLAN)
def stop(request: ActorRequest, plan_id: int) -> HttpResponse:
    plan = plan_queries.get_plan(plan_id, seen_by=request.actor)
    plans.stop_plan(plan, by=request.actor)
    toast_next(request, _("The search ends; what it has found stays proposed."))
    return _back(request, plan)


@require_POST
@needs(PLAN)
def accept_all(request: ActorRequest, plan_id: int) -> HttpResponse:
    plan = plan_queries.get_plan(plan_id, seen_by=request.actor)
    toast_next(request, _said(plan_decisions.accept_lines(plan, by=request.actor)))
    return _back(request, plan)


@require_POST
@needs(PLAN)
def refuse_all(request: ActorRequest, plan_id: int) -> HttpResponse:
    plan = plan_queries.get_plan(plan_id, seen_by=request.actor)
    plan_decisions.refuse_lines(plan, by=request.actor)
    toast_next(request, _("Refused; the plan stays as it is there."))
    return _back(request, plan)


@require_POST
@needs(PLAN)
def accept(request: ActorRequest, plan_line_id: int) -> HttpResponse:
    line = plan_queries.get_plan_line(plan_line_id, seen_by=request.actor)
    decided = plan_decisions.accept_lines(line.proposal, [line.pk], by=request.actor)
    if decided.done:
        toast_next(request, _said(decided))
    else:
        line.refresh_from_db()
        toast_next(request, line.sentence or _("Nobody takes it: there is nothing to accept."))
    return _back(request, line.proposal)


@require_POST
@needs(PLAN)
def refuse(request: ActorRequest, plan_line_id: int) -> HttpResponse:
    line = plan_queries.get_plan_line(plan_line_id, seen_by=request.actor)
    plan_decisions.refuse_lines(line.proposal, [line.pk], by=request.actor)
    toast_next(request, _("Refused; the plan stays as it is there."))
    return _back(request, line.proposal)


def _said(decided: PlanDecision) -> str:
    said = ngettext("%(n)s change is reserved.", "%(n)s changes are reserved.", decided.done)
    said = said % {"n": decided.done}
    if not decided.left:
        return said
    left = ngettext(
        "%(n)s is not: see why below.", "%(n)s are not: see why below.", decided.left
    ) % {"n": decided.left}
    return f"{said} {left}"


def _back(request: ActorRequest, plan: PlanProposal) -> HttpResponse:
    url = reverse("resources_plan", args=[plan.pk])
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)
