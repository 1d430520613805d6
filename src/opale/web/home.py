"""Home: what needs me now, in order, with the reason for the order."""

from collections.abc import Collection
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import AskedRequest, needs
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.run.desk.queries import View, due_next, for_list, in_order, tickets_in
from opale.run.desk.states import TicketState
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
        mine = _lines("mine", actor, at)
        # What is new may be one's own: each ticket stands once.
        new = _lines("triage", actor, at, besides=[line.ticket.pk for line in mine])
        all_above = not new and any(line.ticket.state == TicketState.NEW for line in mine)
        context |= {"mine": mine, "triage": None if all_above else new}
        context["due"] = due_next(seen_by=actor, limit=SHOWN)
    if actor.can("events.read"):
        standing = Filters(states=(AlertState.OPEN, AlertState.ACKNOWLEDGED), muted=False)
        rows_of_alerts = alerts(standing, seen_by=actor).order_by(*standing.order)
        context["alerts"] = list(rows_of_alerts[:SHOWN])
    template = "web/_now.html" if request.htmx else "web/now.html"
    return render(request, template, context)


def _lines(view: View, actor: Actor, at: datetime, besides: Collection[int] = ()) -> list[Line]:
    """The first of a view in the order of the queue, without those that stand elsewhere."""
    queue = in_order(tickets_in(view, seen_by=actor, at=at).exclude(pk__in=besides), at)
    rows = keyset.first(for_list(queue.tickets), order_of(queue), SHOWN + 1)
    return [Line.of(ticket, actor, queue) for ticket in rows]
