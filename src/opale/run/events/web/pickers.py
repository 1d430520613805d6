"""Choice of a person to own an alert."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.organisation.queries.people import people
from opale.run.events.rights import WORK
from opale.ui import pickers


@require_GET
@needs(WORK)
def pick_person(request: ActorRequest) -> HttpResponse:
    found = people(seen_by=request.actor, text=request.GET.get("q", "")).order_by("name", "id")
    shown = found[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(p.pk), p.name, p.job_title) for p in shown)
    )
