"""Page of the setting that allows figures by person."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.organisation.queries.person_figures import person_figures
from opale.organisation.rights import ADMINISTER

SHOWN = 30


@require_GET
@needs(ADMINISTER)
def show(request: ActorRequest) -> HttpResponse:
    decisions = list(person_figures(seen_by=request.actor)[:SHOWN])
    context = {"decisions": decisions, "allowed": bool(decisions) and decisions[0].allowed}
    return render(request, "organisation/person_figures.html", context)
