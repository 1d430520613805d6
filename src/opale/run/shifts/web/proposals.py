"""Pages of roster proposals: started, followed live, decided line by line."""

from datetime import timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.run.shifts import rights
from opale.run.shifts.actions import proposal_lines, proposals
from opale.run.shifts.actions.proposal_lines import DecidedLines
from opale.run.shifts.models import ProposalLine, RosterProposal
from opale.run.shifts.queries import proposals as proposal_queries
from opale.run.shifts.web import roster_context
from opale.ui.forms import submit_form
from opale.ui.keyset import Order, page
from opale.ui.toasts import toast_next

LISTED = 20
IN_ORDER = Order(("id",))
State, LineState = RosterProposal.State, ProposalLine.State
TONES = {
    State.READY: "new",
    State.DONE: "done",
    State.DROPPED: "closed",
    State.FAILED: "bad",
}
LINE_TONES = {
    LineState.ACCEPTED: "done",
    LineState.REFUSED: "closed",
    LineState.STALE: "waiting",
}
SEARCHING = (State.WAITING, State.RUNNING, State.STOPPING)


class SearchForm(forms.Form):
    first = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    weeks = forms.TypedChoiceField(
        label=gettext_lazy("How many weeks"),
        coerce=int,
        choices=lambda: [
            (n, ngettext("%(n)s week", "%(n)s weeks", n) % {"n": n}) for n in proposals.WEEKS
        ],
    )
    gentle = forms.TypedChoiceField(
        label=gettext_lazy("What may change"),
        coerce=lambda said: said == "yes",
        choices=[
            ("yes", gettext_lazy("As little as can be: only what is wrong")),
            ("no", gettext_lazy("Anything, so that wishes are granted and burdens are shared")),
        ],
    )
    seconds = forms.TypedChoiceField(
        label=gettext_lazy("Search for at most"),
        coerce=int,
        choices=lambda: [(n, _("%(n)s seconds") % {"n": n}) for n in proposals.SECONDS],
    )


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def index(request: ActorRequest, team_id: int) -> HttpResponse:
    """Show the proposals for a team, and start a new search."""
    team = roster_context.planned_team(request, team_id)
    today = timezone.localtime(clock.now()).date()
    monday = today + timedelta(days=7 - today.weekday())
    initial = {"first": monday, "weeks": 4, "gentle": "yes", "seconds": proposals.SECONDS[0]}
    form = SearchForm(request.POST or None, initial=initial)
    made: list[int] = []

    def ask() -> None:
        found = proposals.request_proposal(
            team, by=request.actor, credential=request.credential, **form.cleaned_data
        )
        made.append(found.pk)

    if request.method == "POST" and submit_form(form, ask):
        return redirect("shifts_proposal", made[0])
    known = proposal_queries.proposals(seen_by=request.actor, team_id=team.pk)[:LISTED]
    lines = [(one, TONES.get(State(one.state), "active"), _last_day(one)) for one in known]
    context = {"team": team, "form": form, "lines": lines}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "shifts/proposals.html", context, status=status)


@require_GET
@needs(rights.EDIT)
def show(request: ActorRequest, proposal_id: int) -> HttpResponse:
    """Show the progress and result of a search, live; then the decisions."""
    proposal = proposal_queries.get_proposal(proposal_id, seen_by=request.actor)
    found = page(
        proposal_queries.proposal_lines(proposal, seen_by=request.actor), IN_ORDER, request.GET
    )
    counts = proposal_queries.line_counts(proposal)
    context = {
        "proposal": proposal,
        "last": _last_day(proposal),
        "tone": TONES.get(State(proposal.state), "active"),
        "searching": proposal.state in SEARCHING,
        "page": found,
        "lines": [(line, LINE_TONES.get(LineState(line.state), "new")) for line in found.rows],
        "counts": counts,
        "count": sum(counts.values()),
        "decided": sum(n for state, n in counts.items() if state != LineState.OPEN),
        "open": counts.get(LineState.OPEN, 0),
        "to_decide": proposal.state == State.READY,
        "roster_url": roster_context.roster_url(proposal.team_id, proposal.first),
    }
    template = "shifts/_proposal.html" if request.htmx else "shifts/proposal.html"
    return render(request, template, context)


@require_POST
@needs(rights.EDIT)
def stop(request: ActorRequest, proposal_id: int) -> HttpResponse:
    proposal = proposal_queries.get_proposal(proposal_id, seen_by=request.actor)
    proposals.stop_search(proposal, by=request.actor)
    toast_next(request, _("The search ends; what it has found stays proposed."))
    return _back(request, proposal)


@require_POST
@needs(rights.EDIT)
def accept_all(request: ActorRequest, proposal_id: int) -> HttpResponse:
    proposal = proposal_queries.get_proposal(proposal_id, seen_by=request.actor)
    decided = proposals.accept_proposal(proposal, by=request.actor, credential=request.credential)
    if decided is not None:
        toast_next(request, _said(decided))
    return _back(request, proposal)


@require_POST
@needs(rights.EDIT)
def refuse_all(request: ActorRequest, proposal_id: int) -> HttpResponse:
    proposal = proposal_queries.get_proposal(proposal_id, seen_by=request.actor)
    proposal_lines.refuse_lines(proposal, by=request.actor)
    toast_next(request, _("Refused; the roster stays as it is there."))
    return _back(request, proposal)


@require_POST
@needs(rights.EDIT)
def accept(request: ActorRequest, proposal_line_id: int) -> HttpResponse:
    line = proposal_queries.get_proposal_line(proposal_line_id, seen_by=request.actor)
    decided = proposal_lines.accept_lines(line.proposal, [line.pk], by=request.actor)
    if decided.done:
        toast_next(request, _said(decided))
    else:
        line.refresh_from_db()
        toast_next(request, line.sentence)
    return _back(request, line.proposal)


@require_POST
@needs(rights.EDIT)
def refuse(request: ActorRequest, proposal_line_id: int) -> HttpResponse:
    line = proposal_queries.get_proposal_line(proposal_line_id, seen_by=request.actor)
    proposal_lines.refuse_lines(line.proposal, [line.pk], by=request.actor)
    toast_next(request, _("Refused; the roster stays as it is there."))
    return _back(request, line.proposal)


def _said(decided: DecidedLines) -> str:
    said = ngettext(
        "%(n)s change is in the roster.", "%(n)s changes are in the roster.", decided.done
    )
    said = said % {"n": decided.done}
    if not decided.left:
        return said
    left = ngettext(
        "%(n)s is not: see why below.", "%(n)s are not: see why below.", decided.left
    ) % {"n": decided.left}
    return f"{said} {left}"


def _last_day(proposal: RosterProposal) -> object:
    return proposal.first + timedelta(days=proposal.days - 1)


def _back(request: ActorRequest, proposal: RosterProposal) -> HttpResponse:
    url = reverse("shifts_proposal", args=[proposal.pk])
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)
