"""Page of candidates for some work: five people, with the cost of each."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from opale.delivery.resources.forms import NeedForm, usual_need
from opale.delivery.resources.queries import candidates
from opale.delivery.resources.queries.candidates import Candidate
from opale.delivery.resources.rights import ASK, READ
from opale.endpoints.http import ActorRequest, needs

RESERVE = "reservations.reserve"


@require_GET
@needs(READ)
def find_candidates(request: ActorRequest) -> HttpResponse:
    """Show the candidates; the question is in the address, so that a link can be shared."""
    asked = "hours" in request.GET
    initial = usual_need() | dict(request.GET.items())
    form = NeedForm(request.GET if asked else None, initial=initial, by=request.actor)
    found: list[Candidate] | None = None
    if asked and form.is_valid():
        found = candidates.candidates(form.need(), seen_by=request.actor)
    may_reserve = request.actor.can(RESERVE)
    context: dict[str, Any] = {
        "form": form,
        "asked": found is not None,
        "found": [(one, _reserve_url(one) if may_reserve else "") for one in found or []],
        "may_ask": request.actor.can(ASK),
        "query": request.GET.urlencode(),
    }
    status = 422 if asked and form.errors else 200
    return render(request, "resources/who.html", context, status=status)


def _reserve_url(one: Candidate) -> str:
    """Return the address of a reservation form that is filled in with the found days."""
    asked: dict[str, str] = {}
    for number, (since, last, hours) in enumerate(one.stretches, start=1):
        tail = "" if number == 1 else f"_{number}"
        asked |= {
            f"what{tail}": "person",
            f"person{tail}": str(one.person.pk),
            f"hours{tail}": f"{hours:g}",
            f"since{tail}": since.isoformat(),
            f"last{tail}": last.isoformat(),
        }
    return f"{reverse('reservations_new')}?{urlencode(asked)}"
