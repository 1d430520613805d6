"""The way from a ticket's page back to the list it was opened from, and to its neighbours there."""

from urllib.parse import urlsplit

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_GET

from opale.endpoints.http import AskedRequest, needs
from opale.kernel import clock
from opale.run.desk import queries
from opale.run.desk.models import Ticket
from opale.run.desk.rights import CONSOLE
from opale.run.desk.web.queue import TITLES, Listing
from opale.ui import keyset

VIEWS = ("desk_queue", "desk_view")


@require_GET
@needs(CONSOLE)
def around(request: AskedRequest, number: int) -> HttpResponse:
    """What the head of the page shows; a ticket that left the list has neighbours all the same."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    path, query = _list_of(request.GET.get("list", ""))
    context: dict[str, object] = {"ticket": ticket}
    if path:
        view = resolve(path).kwargs["view"]
        listing = Listing.of(view, query, request.actor)
        row = queries.in_order(
            queries.tickets_numbered(number, seen_by=request.actor), clock.now()
        ).tickets.get()
        back = query.copy()
        back["open"] = str(number)
        context |= {
            "title": TITLES[view],
            "back": f"{path}?{back.urlencode()}",
            "previous": _beyond(listing, row, back=True),
            "next": _beyond(listing, row),
        }
    return render(request, "desk/queue/_around.html", context)


def _list_of(address: str) -> tuple[str, QueryDict]:
    """The path and the filters of a list of tickets; "" where the address is none."""
    asked = urlsplit(address)
    query = QueryDict(asked.query, mutable=True)
    for name in ("before", "after", "open"):
        query.pop(name, None)
    try:
        match = resolve(asked.path)
    except Resolver404:
        return "", query
    known = match.url_name in VIEWS and match.kwargs.get("view") in TITLES
    return (asked.path if known else ""), query


def _beyond(listing: Listing, row: Ticket, *, back: bool = False) -> Ticket | None:
    """The next ticket of the list, or the one before, from where a ticket stands by its order."""
    order = listing.order
    place = keyset.place_of(keyset.cursor(row, order), order) or ()
    found = keyset.first(listing.tickets, order.reversed() if back else order, 1, place)
    return found[0] if found else None
