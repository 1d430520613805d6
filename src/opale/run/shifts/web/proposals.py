"""Pages of roster proposals: started, followed live, decided line by line."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.listings.pages import render_list_within
from opale.run.shifts import rights
from opale.run.shifts.actions import proposals
from opale.run.shifts.acts.subjects import planned_team, roster_url
from opale.run.shifts.forms.proposals import SearchForm
from opale.run.shifts.listings import PROPOSALS
from opale.run.shifts.models import ProposalLine
from opale.run.shifts.queries import proposals as proposal_queries
from opale.ui.forms import submit_form
from opale.ui.keyset import Order, page

IN_ORDER = Order(("id",))


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def index(request: ActorRequest, team_id: int) -> HttpResponse:
    """List the proposals for a team, and start a search for a better roster."""
    team = planned_team(team_id, seen_by=request.actor)
    today = timezone.localtime(clock.now()).date()
    monday = today + timedelta(days=7 - today.weekday())
    form = SearchForm(request.POST or None, initial={"first": monday})
    made: list[int] = []

    def ask() -> None:
        found = proposals.request_proposal(
            team, by=request.actor, credential=request.credential, **form.cleaned_data
        )
        made.append(found.pk)

    if request.method == "POST" and submit_form(form, ask):
        return redirect("shifts_proposal", made[0])
    context = {"team": team, "form": form}
    status = 422 if form.is_bound and form.errors else 200
    page_and_region = "shifts/proposals.html", "listings/_list.html"
    return render_list_within(
        request, PROPOSALS, *page_and_region, context, status=status, team=str(team_id)
    )


@require_GET
@needs(rights.EDIT)
def show(request: ActorRequest, proposal_id: int) -> HttpResponse:
    """Show the progress and result of a search, live; then the decisions."""
    proposal = proposal_queries.get_proposal(proposal_id, seen_by=request.actor)
    found = page(
        proposal_queries.proposal_lines(proposal, seen_by=request.actor), IN_ORDER, request.GET
    )
    counts = proposal.line_counts()
    context = {
        "proposal": proposal,
        "page": found,
        "counts": counts,
        "count": sum(counts.values()),
        "decided": sum(n for state, n in counts.items() if state != ProposalLine.State.OPEN),
        "open": counts.get(ProposalLine.State.OPEN, 0),
        "roster_url": roster_url(proposal.team_id, proposal.first),
    }
    template = "shifts/_proposal.html" if request.htmx else "shifts/proposal.html"
    return render(request, template, context)
