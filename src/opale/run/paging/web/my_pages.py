"""One's own pages, for a telephone at night: open ones with a big button each, and recent ones."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.run.paging.models import Mobilisation
from opale.run.paging.queries import mobilisations, slips
from opale.run.paging.rights import OWN
from opale.run.paging.states import UNANSWERED, MobilisationState

SHOWN = 30


@require_GET
@needs(OWN)
def show(request: ActorRequest) -> HttpResponse:
    pages = mobilisations.own_pages(seen_by=request.actor).exclude(left_at=None)
    seen: dict[int, Mobilisation] = {}
    for page in pages.order_by("-due_at", "-pk")[: SHOWN * 3]:
        seen.setdefault(page.mobilisation_id, page.mobilisation)
    found = list(seen.values())[:SHOWN]
    own = request.actor.person_id
    answered = MobilisationState.ACKNOWLEDGED
    context = {
        "asked": slips.unjudged_slips(seen_by=request.actor, at=clock.now()),
        "calling": [one for one in found if one.state in UNANSWERED],
        "mine": [one for one in found if one.state == answered and one.answered_by_id == own],
        "rest": [
            one
            for one in found
            if one.state not in UNANSWERED and (one.state != answered or one.answered_by_id != own)
        ],
    }
    template = "paging/mine/_mine.html" if request.htmx else "paging/mine/show.html"
    return render(request, template, context)
