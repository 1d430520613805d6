"""Who looks at this: signs from the browser, and the faces that it puts where they belong."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from opale.endpoints.http import AskedRequest, needs
from opale.run.desk import actions, queries
from opale.run.desk.rights import CONSOLE


@require_GET
@needs(CONSOLE)
def faces(request: AskedRequest) -> HttpResponse:
    """All that is to be known, in one answer for the whole page."""
    return render(
        request, "desk/presence/_faces.html", {"present": queries.present(seen_by=request.actor)}
    )


@require_http_methods(["POST", "DELETE"])
@needs(CONSOLE)
def sign(request: AskedRequest, number: int) -> HttpResponse:
    """POST while the ticket is open, with `writing` while its text grows; DELETE when it closes."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    if request.method == "DELETE":
        actions.leave(ticket, by=request.actor)
    else:
        actions.be_present(ticket, by=request.actor, writing=request.POST.get("writing") == "1")
    return HttpResponse(status=204)
