"""The desk on a telephone, for who is on stand-by: what needs me, and four things to do about it.

What is sent goes through the API from an outbox in the browser: it waits for a connection, is sent
once, and is listed until it was.
"""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import AskedRequest, needs
from opale.kernel import clock
from opale.run.desk import queries
from opale.run.desk.queries.walls import URGENT
from opale.run.desk.rights import WORK
from opale.run.desk.timeline import timeline
from opale.run.desk.web.queue import Line
from opale.run.desk.web.reading import head_of
from opale.run.events.queries import Filters, alerts
from opale.run.events.states import AlertState

SHOWN = 12
SAID = 5


@require_GET
@needs(WORK)
def now(request: AskedRequest) -> HttpResponse:
    """What hurts customers most, whoever has it, alerts that nobody has seen, and one's own."""
    actor, at = request.actor, clock.now()
    worst = queries.tickets_in("open", seen_by=actor, at=at).filter(priority__in=URGENT)
    urgent = list(queries.for_list(queries.in_order(worst, at).sorted())[:SHOWN])
    mine = queries.tickets_in("mine", seen_by=actor, at=at)
    rest = queries.in_order(mine.exclude(pk__in=[ticket.pk for ticket in urgent]), at)
    own = list(queries.for_list(rest.sorted())[: SHOWN + 1])
    standing = Filters(states=(AlertState.OPEN,))
    unseen = list(alerts(standing, seen_by=actor).order_by(*standing.order)[: SHOWN + 1])
    context = {
        "urgent": [Line.of(ticket, actor) for ticket in urgent],
        "mine": [Line.of(ticket, actor) for ticket in own[:SHOWN]],
        "more_of_mine": len(own) > SHOWN,
        "alerts": unseen[:SHOWN],
        "more_alerts": len(unseen) > SHOWN,
        "sees_alerts": actor.can("events.work"),
    }
    template = "desk/standby/_now.html" if request.htmx else "desk/standby/now.html"
    return render(request, template, context)


@require_GET
@needs(WORK)
def ticket(request: AskedRequest, number: int) -> HttpResponse:
    """A ticket with what can be done about it within reach of a thumb."""
    found = queries.get_ticket(number, seen_by=request.actor)
    entries, _older = timeline(found, newest=60)
    said = [entry for entry in entries if entry.kind == "message"][-SAID:]
    person = found.contact or found.employee
    context = head_of(found, request.actor) | {
        "said": said,
        "call": person.phone if person else "",
        "call_name": person.name if person else "",
    }
    template = "desk/standby/_ticket.html" if request.htmx else "desk/standby/ticket.html"
    return render(request, template, context)
