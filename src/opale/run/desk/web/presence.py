"""Presence of colleagues: signals from the browser, and the avatars that it places on the page."""

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
    """Return all avatars of the page in one answer."""
    return render(
        request,
        "desk/presence/_faces.html",
        {"present": presence_queries.list_presence(seen_by=request.actor)},
    )


@require_http_methods(["POST", "DELETE"])
@needs(CONSOLE)
def sign(request: ActorRequest, number: int) -> HttpResponse:
    """Record presence: POST while the ticket is open, with `writing` while text grows; DELETE on
    close."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    if request.method == "DELETE":
        presence.clear_presence(ticket, by=request.actor)
    else:
        presence.record_presence(
            ticket, by=request.actor, writing=request.POST.get("writing") == "1"
        )
    return HttpResponse(status=204)
