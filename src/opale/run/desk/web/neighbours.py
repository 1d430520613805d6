"""Links from a ticket's page back to its list, and to its neighbours there."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.run.desk.models import Ticket
from opale.run.desk.queries import queue_order, tickets
from opale.run.desk.rights import CONSOLE
from opale.run.desk.shapes.saved_views import list_url
from opale.run.desk.web.queue import Listing, title_of
from opale.run.desk.web.saved_views import parse_list_url
from opale.ui import keyset


@require_GET
@needs(CONSOLE)
def neighbours(request: ActorRequest, number: int) -> HttpResponse:
    """Show the links in the page's head; a ticket that left the list still has neighbours."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    view, query = parse_list_url(request.GET.get("list", ""))
    context: dict[str, object] = {"ticket": ticket}
    if view:
        listing = Listing.of(view, query, request.actor)
        row = queue_order.in_order(
            tickets.tickets_numbered(number, seen_by=request.actor), clock.now()
        ).tickets.get()
        back = query.copy()
        back["open"] = str(number)
        context |= {
            "title": title_of(view, query, request.actor),
            "back": list_url(view, back.urlencode()),
            "previous": _beyond(listing, row, back=True),
            "next": _beyond(listing, row),
        }
    return render(request, "desk/queue/_around.html", context)


def _beyond(listing: Listing, row: Ticket, *, back: bool = False) -> Ticket | None:
    """Return the next ticket of the list, or the previous one, by the ticket's place in the
    order."""
    order = listing.order
    place = keyset.place_of(keyset.cursor(row, order), order) or ()
    found = listing.read(listing.tickets, order.reversed() if back else order, 1, place)
    return found[0] if found else None
