"""The desk on a telephone, for stand-by: urgent work, and four actions.

Actions go through the API from an outbox in the browser: each waits for a connection, is sent once,
and is listed until then.
"""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.run.desk.queries import queue_order, ticket_lists, tickets
from opale.run.desk.queries.timeline import ticket_timeline
from opale.run.desk.queries.wallboards import URGENT
from opale.run.desk.rights import WORK
from opale.run.desk.web.queue import Line
from opale.run.desk.web.ticket_context import head_context
from opale.run.events.queries.alerts import AlertFilters, alerts
from opale.run.events.states import AlertState

SHOWN = 12
SAID = 5


@require_GET
@needs(WORK)
def now(request: ActorRequest) -> HttpResponse:
    """Show the urgent tickets of any owner, the unacknowledged alerts, and one's own tickets."""
    actor, at = request.actor, clock.now()
    worst = ticket_lists.tickets_in("open", seen_by=actor, at=at).filter(priority__in=URGENT)
    urgent = list(ticket_lists.with_list_columns(queue_order.in_order(worst, at).sorted())[:SHOWN])
    mine = ticket_lists.tickets_in("mine", seen_by=actor, at=at)
    rest = queue_order.in_order(mine.exclude(pk__in=[ticket.pk for ticket in urgent]), at)
    own = list(ticket_lists.with_list_columns(rest.sorted())[: SHOWN + 1])
    standing = AlertFilters(states=(AlertState.OPEN,))
    unseen = list(alerts(standing, seen_by=actor).order_by(*standing.order)[: SHOWN + 1])
    context = {
        "urgent": [Line.of(ticket) for ticket in urgent],
        "mine": [Line.of(ticket) for ticket in own[:SHOWN]],
        "more_of_mine": len(own) > SHOWN,
        "alerts": unseen[:SHOWN],
        "more_alerts": len(unseen) > SHOWN,
        "sees_alerts": actor.can("events.work"),
    }
    template = "desk/standby/_now.html" if request.htmx else "desk/standby/now.html"
    return render(request, template, context)


@require_GET
@needs(WORK)
def ticket(request: ActorRequest, number: int) -> HttpResponse:
    """Show a ticket with its actions in reach of a thumb."""
    found = tickets.get_ticket(number, seen_by=request.actor)
    entries, _older = ticket_timeline(found, newest=60)
    said = [entry for entry in entries if entry.kind == "message"][-SAID:]
    person = found.contact or found.employee
    context = head_context(found, request.actor) | {
        "said": said,
        "call": person.phone if person else "",
        "call_name": person.name if person else "",
    }
    template = "desk/standby/_ticket.html" if request.htmx else "desk/standby/ticket.html"
    return render(request, template, context)
