"""The options of the offering that a form has chosen, drawn again when it changes."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from opale.customers import rights
from opale.customers.forms.option_values import OptionValuesInput
from opale.customers.models import Offering
from opale.customers.queries.services import offerings, services
from opale.endpoints.http import ActorRequest, needs

LONGEST_ID = 18


@require_GET
@needs(rights.READ)
def draw(request: ActorRequest) -> HttpResponse:
    """Draw the field `values_of` for the offering, or that of the service, of the fields
    `values_by`, with what was typed."""
    asked = request.GET
    name = asked.get("values_of", "")
    widget = OptionValuesInput(tuple(asked.get("values_by", "").split(",")))
    widget.offering = _offering(request)
    value = widget.value_from_datadict(asked, {}, name)
    return HttpResponse(widget.render(name, value, {"id": f"id_{name}"}))


def _offering(request: ActorRequest) -> Offering | None:
    for name in ("offering", "service"):
        key = request.GET.get(name, "")
        if not key.isdecimal() or len(key) > LONGEST_ID:
            continue
        if name == "offering":
            return offerings(seen_by=request.actor, retired=True).filter(pk=int(key)).first()
        rows = services(seen_by=request.actor).select_related("offering")
        service = rows.filter(pk=int(key)).first()
        return service.offering if service is not None else None
    return None
