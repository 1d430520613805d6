"""The picker of offerings."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from opale.customers import rights
from opale.customers.queries import plan_tables
from opale.customers.queries import services as service_queries
from opale.endpoints.http import ActorRequest, needs
from opale.ui import pickers


@require_GET
@needs(rights.READ)
def pick_offering(request: ActorRequest) -> HttpResponse:
    found = service_queries.offerings(seen_by=request.actor, text=request.GET.get("q", ""))
    rows = found.order_by("code")[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(o.pk), plan_tables.offering_name(o), o.code) for o in rows)
    )
