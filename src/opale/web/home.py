"""Home page: what needs the reader now, in order, with the reason for the order."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.run.desk.models import Ticket
from opale.run.desk.queries.queue_order import Queue, in_order
from opale.run.desk.queries.ticket_lists import due_next, tickets_in, with_list_columns
from opale.run.desk.states import TicketState
from opale.run.desk.web.queue import Line, order_of
from opale.run.events.queries.alerts import worst_active_alerts
from opale.ui.keyset import first

SHOWN = 8


@require_GET
@needs("")
def now(request: ActorRequest) -> HttpResponse:
    """Return the home page, the same for every function: its parts follow the reader's rights."""
    actor, at = request.actor, clock.now()
    context: dict[str, object] = {}
    if actor.can("desk.console"):
        queue = in_order(tickets_in("mine", seen_by=actor, at=at), at)
        mine = _lines(queue, list(with_list_columns(queue.sorted())[: SHOWN + 1]))
        # A new ticket may be the reader's own: each ticket is shown once.
        own = {line.ticket.pk for line in mine}
        queue = in_order(tickets_in("triage", seen_by=actor, at=at), at)
        rows = first(with_list_columns(queue.tickets), order_of(queue), 2 * (SHOWN + 1))
        untaken = _lines(queue, rows)
        new = [line for line in untaken if line.ticket.pk not in own][: SHOWN + 1]
        all_above = not new and any(line.ticket.state == TicketState.NEW for line in mine)
        context |= {"mine": mine, "triage": None if all_above else new}
        context["due"] = due_next(seen_by=actor, limit=SHOWN)
    if actor.can("events.read"):
        context["alerts"] = worst_active_alerts(SHOWN, seen_by=actor)
    template = "web/_now.html" if request.htmx else "web/now.html"
    return render(request, template, context)


def _lines(queue: Queue, rows: list[Ticket]) -> list[Line]:
    return [Line.of(ticket, queue.opening) for ticket in rows]
