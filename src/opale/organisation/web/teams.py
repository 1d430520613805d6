"""Pages of teams: the chart, and one team with its places."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.organisation.queries import history
from opale.organisation.queries import teams as team_queries
from opale.organisation.rights import EDIT, READ


@require_GET
@needs(READ)
def chart(request: ActorRequest) -> HttpResponse:
    pillars = team_queries.chart(seen_by=request.actor)
    context = {"pillars": pillars, "may_edit": request.actor.can(EDIT)}
    template = "organisation/teams/_chart.html" if request.htmx else "organisation/teams/chart.html"
    return render(request, template, context)


@require_GET
@needs(READ)
def show(request: ActorRequest, team_id: int) -> HttpResponse:
    team = team_queries.get_team(team_id, seen_by=request.actor)
    context = {
        "team": team,
        "members": team_queries.members_of(team, seen_by=request.actor),
        "past": team_queries.members_of(team, seen_by=request.actor, past=True)[:50],
        "history": history.organisation_history(team),
        "may_edit": request.actor.can(EDIT) and team.closed_on is None,
    }
    template = "organisation/teams/_team.html" if request.htmx else "organisation/teams/show.html"
    return render(request, template, context)
