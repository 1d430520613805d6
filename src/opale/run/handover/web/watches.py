"""The picker of the items that can be watched."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.infrastructure.queries.items import plain_items
from opale.run.handover.rights import WORK
from opale.ui import pickers


@require_GET
@needs(WORK)
def pick_item(request: ActorRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    found = plain_items(seen_by=request.actor).filter(name__icontains=text).order_by("name")
    shown = found[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(one.pk), one.name) for one in shown)
    )
