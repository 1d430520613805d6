"""Who looks at this: signs from the browser, and the faces that it puts where they belong."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.run.desk.actions import presence
from opale.run.desk.queries import presence as presence_queries
from opale.run.desk.queries import tickets
from opale.run.desk.rights import CONSOLE


@require_GET
@needs(CONSOLE)
def faces(request: ActorRequest) -> HttpResponse:
    """All that is to be known, in one answer for the whole page."""
    return render(
        request,
        "desk/presence/_faces.html",
        {"present": presence_queries.list_presence(seen_by=request.actor)},
    )


@require_http_methods(["POST", "DELETE"])
@needs(CONSOLE)
def sign(request: ActorRequest, number: int) -> HttpResponse:
    """POST while the ticket is open, with `writing` while its text grows; DELETE when it closes."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    if request.method == "DELETE":
        presence.clear_presence(ticket, by=request.actor)
    else:
        presence.record_presence(
            ticket, by=request.actor, writing=request.POST.get("writing") == "1"
        )
    return HttpResponse(status=204)
