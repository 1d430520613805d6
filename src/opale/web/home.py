"""Home: what needs me now, in order, with the reason for the order."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import AskedRequest, needs
from opale.kernel import clock
from opale.run.desk.queries import due_next, for_list, in_order, tickets_in
from opale.run.desk.web.queue import Line, order_of
from opale.run.events.queries import Filters, alerts
from opale.run.events.states import AlertState
from opale.ui import keyset

SHOWN = 8


@require_GET
@needs("")
def now(request: AskedRequest) -> HttpResponse:
    """The same page for every function: each sees the parts that its rights reach."""
    actor, at = request.actor, clock.now()
    context: dict[str, object] = {}
    if actor.can("desk.console"):
        for view in ("mine", "triage"):
            queue = in_order(tickets_in(view, seen_by=actor, at=at), at)
            rows = keyset.first(for_list(queue.tickets), order_of(queue), SHOWN + 1)
            context[view] = [Line.of(ticket, actor, queue) for ticket in rows]
        context["due"] = due_next(seen_by=actor, limit=SHOWN)
    if actor.can("events.read"):
        standing = Filters(states=(AlertState.OPEN, AlertState.ACKNOWLEDGED))
        rows_of_alerts = alerts(standing, seen_by=actor).order_by(*standing.order)
        context["alerts"] = list(rows_of_alerts[:SHOWN])
    template = "web/_now.html" if request.htmx else "web/now.html"
    return render(request, template, context)
