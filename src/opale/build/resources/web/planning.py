"""Better plans that the planner searches: asked for, watched, decided line by line."""

from datetime import timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.build.resources import actions, queries
from opale.build.resources.actions import Decided
from opale.build.resources.models import PlanLine, PlanProposal
from opale.build.resources.rights import PLAN
from opale.endpoints.http import AskedRequest, needs
from opale.organisation.models import Team
from opale.organisation.queries import teams
from opale.ui.forms import accepted
from opale.ui.keyset import Order, page
from opale.ui.toasts import toast_next

LISTED = 20
IN_ORDER = Order(("id",))
State, LineState = PlanProposal.State, PlanLine.State
TONES = {State.READY: "new", State.DONE: "done", State.DROPPED: "closed", State.FAILED: "bad"}
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
            (n, ngettext("%(n)s week", "%(n)s weeks", n) % {"n": n}) for n in actions.WEEKS
        ],
        initial=13,
    )
    seconds = forms.TypedChoiceField(
        label=gettext_lazy("Search for at most"),
        coerce=int,
        choices=lambda: [(n, _("%(n)s seconds") % {"n": n}) for n in actions.SECONDS],
    )


@require_http_methods(["GET", "POST"])
@needs(PLAN)
def index(request: AskedRequest) -> HttpResponse:
    """What was proposed, and a new search."""
    form = SearchForm(request.POST or None)
    field = form.fields["team"]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = teams(seen_by=request.actor).order_by("name")
    made: list[int] = []

    def ask() -> None:
        found = actions.ask_for_plan(
            by=request.actor, credential=request.credential, **form.cleaned_data
        )
        made.append(found.pk)

    if request.method == "POST" and accepted(form, ask):
        return redirect("resources_plan", made[0])
    known = queries.plans(seen_by=request.actor).order_by("-id")[:LISTED]
    lines = [(one, TONES.get(State(one.state), "active"), _last_day(one)) for one in known]
    status = 422 if form.is_bound and form.errors else 200
    context = {"form": form, "lines": lines}
    return render(request, "resources/plans.html", context, status=status)


@require_GET
@needs(PLAN)
def show(request: AskedRequest, plan_id: int) -> HttpResponse:
    """How far the search is and what it has found, live; then what is decided."""
    plan = queries.get_plan(plan_id, seen_by=request.actor)
    found = page(queries.plan_lines(plan, seen_by=request.actor), IN_ORDER, request.GET)
    counts = queries.plan_counts(plan)
    context = {
        "plan": plan,
        "last": _last_day(plan),
        "tone": TONES.get(State(plan.state), "active"),
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
def stop(request: AskedRequest, plan_id: int) -> HttpResponse:
    plan = queries.get_plan(plan_id, seen_by=request.actor)
    actions.stop_plan(plan, by=request.actor)
    toast_next(request, _("The search ends; what it has found stays proposed."))
    return _back(request, plan)


@require_POST
@needs(PLAN)
def accept_all(request: AskedRequest, plan_id: int) -> HttpResponse:
    plan = queries.get_plan(plan_id, seen_by=request.actor)
    toast_next(request, _said(actions.accept_lines(plan, by=request.actor)))
    return _back(request, plan)


@require_POST
@needs(PLAN)
def refuse_all(request: AskedRequest, plan_id: int) -> HttpResponse:
    plan = queries.get_plan(plan_id, seen_by=request.actor)
    actions.refuse_lines(plan, by=request.actor)
    toast_next(request, _("Refused; the plan stays as it is there."))
    return _back(request, plan)


@require_POST
@needs(PLAN)
def accept(request: AskedRequest, plan_line_id: int) -> HttpResponse:
    line = queries.get_plan_line(plan_line_id, seen_by=request.actor)
    decided = actions.accept_lines(line.proposal, [line.pk], by=request.actor)
    if decided.done:
        toast_next(request, _said(decided))
    else:
        line.refresh_from_db()
        toast_next(request, line.sentence or _("Nobody takes it: there is nothing to accept."))
    return _back(request, line.proposal)


@require_POST
@needs(PLAN)
def refuse(request: AskedRequest, plan_line_id: int) -> HttpResponse:
    line = queries.get_plan_line(plan_line_id, seen_by=request.actor)
    actions.refuse_lines(line.proposal, [line.pk], by=request.actor)
    toast_next(request, _("Refused; the plan stays as it is there."))
    return _back(request, line.proposal)


def _said(decided: Decided) -> str:
    said = ngettext("%(n)s change is reserved.", "%(n)s changes are reserved.", decided.done)
    said = said % {"n": decided.done}
    if not decided.left:
        return said
    left = ngettext(
        "%(n)s is not: see why below.", "%(n)s are not: see why below.", decided.left
    ) % {"n": decided.left}
    return f"{said} {left}"


def _last_day(plan: PlanProposal) -> object:
    return plan.first + timedelta(weeks=plan.weeks, days=-1)


def _back(request: AskedRequest, plan: PlanProposal) -> HttpResponse:
    url = reverse("resources_plan", args=[plan.pk])
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)
