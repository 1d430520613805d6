"""The calls of a ticket, as lines of its timeline."""

from collections.abc import Iterable

from opale.run.desk.models import Ticket
from opale.run.desk.ports import TimelineEvent
from opale.run.telephone.queries.calls import calls_of_tickets


def call_timeline_events(ticket: Ticket, newest: int) -> Iterable[TimelineEvent]:
    """Return each call as an event at the moment it began."""
    for call in calls_of_tickets([ticket.pk], newest):
        actor = call.agent.name if call.agent else ""
        yield TimelineEvent(call.began_at, "telephone/calls/_happened.html", call, actor)
