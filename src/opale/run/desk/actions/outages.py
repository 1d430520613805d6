"""Start times of outages, from which availability is computed.

Source: docs/rules/clocks.md, "Availability".
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove, Invalid
from opale.run.desk.actions.ticket_locks import change_ticket, lock_ticket
from opale.run.desk.models import Grade, Kind, Ticket
from opale.run.desk.states import TicketState
from opale.run.events.models import Alert

LONGEST_BEFORE = timedelta(days=31)
WITHDRAWN_STATES = frozenset({TicketState.CANCELLED, TicketState.REJECTED})


def set_outage(ticket: Ticket, since: datetime | None, *, by: Actor) -> Ticket:
    """Record when the service went down, or that it did not. It lasts until the restoration, and
    counts for a service that is named later too.

    Allowed on a closed or merged incident too: availability is reviewed when the month is over.
    Errors: NotFound, NotAllowed, IllegalMove (no incident, or withdrawn), Invalid.
    """
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        if held.kind != Kind.INCIDENT or held.state in WITHDRAWN_STATES:
            raise IllegalMove("state_outage", {held.pk: held.state})
        if since is not None:
            _refuse(held, since)
        change_ticket(held, outage_from=since)
    return held


def open_outage(ticket: Ticket, alert: Alert) -> None:
    """Record an outage since the alert began, for an incident of high impact opened from an alert.

    Inside the transaction of the action that opens it.
    """
    if ticket.impact == Grade.HIGH and ticket.service_id is not None:
        since = min(alert.started_at, ticket.received_at)
        change_ticket(ticket, outage_from=max(since, ticket.received_at - LONGEST_BEFORE))


def _refuse(ticket: Ticket, since: datetime) -> None:
    if since > clock.now():
        raise Invalid(since=_("This time is in the future."))
    if since < ticket.received_at - LONGEST_BEFORE:
        raise Invalid(since=_("This is more than one month before the ticket was received."))
    if ticket.restored_at is not None and since >= ticket.restored_at:
        raise Invalid(since=_("The service was already restored at that time."))
