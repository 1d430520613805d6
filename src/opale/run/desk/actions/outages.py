"""Outages that tickets state, from which availability is computed.

Source: docs/rules/clocks.md, "Availability".
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from opale.customers.models import Service
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove, Invalid, NotFound
from opale.run.desk.actions.ticket_locks import change_ticket, lock_ticket, touch_ticket
from opale.run.desk.models import Grade, Kind, ServiceOutage, Ticket
from opale.run.desk.queries.links import tickets_merged_into
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
        held = _lock_incident(ticket, by=by)
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


def set_other_outages(
    ticket: Ticket, services: Iterable[Service], since: datetime | None, *, by: Actor
) -> None:
    """Record which services beside the ticket's own are down with it, until its restoration.

    Replaces what was recorded of the running outage.
    Errors: NotFound, NotAllowed, IllegalMove, Invalid.
    """
    with attributed(by):
        held = _lock_incident(ticket, by=by)
        down = {service.pk: service for service in services if service.pk != held.service_id}
        running = ServiceOutage.objects.filter(ticket=held, ends=None)
        if since is None or not down:
            running.delete()
            return
        _refuse(held, since)
        running.exclude(service__in=down).delete()
        running.exclude(starts=since).update(starts=since)
        known = set(running.values_list("service_id", flat=True))
        ServiceOutage.objects.bulk_create(
            ServiceOutage(ticket=held, customer_id=one.customer_id, service=one, starts=since)
            for key, one in down.items()
            if key not in known
        )


def record_outage(
    ticket: Ticket,
    starts: datetime,
    ends: datetime,
    *,
    by: Actor,
    service: Service | None = None,
) -> ServiceOutage:
    """Record a past outage that the ticket does not state yet; without a service, of the ticket's.

    Errors: NotFound, NotAllowed, IllegalMove (no incident, or withdrawn), Invalid.
    """
    with attributed(by):
        held = _lock_incident(ticket, by=by)
        _refuse_span(held, starts, ends)
        service = service or held.service
        made = ServiceOutage.objects.create(
            ticket=held,
            customer_id=service.customer_id if service else held.customer_id,
            service=service,
            starts=starts,
            ends=ends,
        )
        touch_ticket(held)
    return made


def correct_outage(
    outage: ServiceOutage,
    *,
    by: Actor,
    starts: datetime,
    ends: datetime | None,
    service: Service | None = None,
) -> ServiceOutage:
    """Correct the service or the times of an outage. History keeps the former ones.

    Without an end it lasts until the ticket's restoration.
    Errors: NotFound, NotAllowed, IllegalMove, Invalid.
    """
    with attributed(by):
        held, row = _lock_outage(outage, by=by)
        if ends is None and row.ends is not None:
            raise Invalid(ends=_("Enter when the outage ended."))
        if ends is None:
            _refuse(held, starts)
        else:
            _refuse_span(held, starts, ends)
        row.starts, row.ends, row.service = starts, ends, service or row.service
        if row.service is not None:
            row.customer_id = row.service.customer_id
        row.save(update_fields=["starts", "ends", "service", "customer"])
        touch_ticket(held)
    return row


def withdraw_outage(outage: ServiceOutage, *, by: Actor) -> None:
    """Remove an outage that was stated by mistake. History keeps it.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with attributed(by):
        held, row = _lock_outage(outage, by=by)
        row.delete()
        touch_ticket(held)


def end_stated_outages(held: Ticket) -> None:
    """Keep the outages of a ticket that is reopened, and of those merged into it, as past ones
    that ended with it: the next restoration states its own.

    Inside the transaction of the action that reopens it, which then forgets `outage_from`.
    """
    ends = held.restored_at or held.resolved_at
    if ends is None:
        return
    if held.kind == Kind.INCIDENT:
        ServiceOutage.objects.filter(ticket=held, ends=None, starts__gte=ends).delete()
        _keep_as_past(held, ends)
    for _into, merged, _at in tickets_merged_into([held.pk]):
        runs_on = merged.kind == Kind.INCIDENT and merged.restored_at is None
        if runs_on and _keep_as_past(merged, ends):
            change_ticket(merged, outage_from=None)


def _keep_as_past(ticket: Ticket, ends: datetime) -> bool:
    """End the outages of a ticket that began before; return whether its own was one of them."""
    ServiceOutage.objects.filter(ticket=ticket, ends=None, starts__lt=ends).update(ends=ends)
    if ticket.outage_from is None or ticket.outage_from >= ends:
        return False
    ServiceOutage.objects.create(
        ticket=ticket,
        customer_id=ticket.service.customer_id if ticket.service else ticket.customer_id,
        service=ticket.service,
        starts=ticket.outage_from,
        ends=ends,
    )
    return True


def _lock_incident(ticket: Ticket, *, by: Actor) -> Ticket:
    held = lock_ticket(ticket, by=by)
    if held.kind != Kind.INCIDENT or held.state in WITHDRAWN_STATES:
        raise IllegalMove("state_outage", {held.pk: held.state})
    return held


def _lock_outage(outage: ServiceOutage, *, by: Actor) -> tuple[Ticket, ServiceOutage]:
    held = _lock_incident(outage.ticket, by=by)
    rows = ServiceOutage.objects.select_for_update(of=("self",))
    row = rows.filter(pk=outage.pk, ticket=held).first()
    if row is None:
        raise NotFound
    return held, row


def _refuse_span(ticket: Ticket, starts: datetime, ends: datetime) -> None:
    if starts > clock.now():
        raise Invalid(starts=_("This time is in the future."))
    if starts < ticket.received_at - LONGEST_BEFORE:
        raise Invalid(starts=_("This is more than one month before the ticket was received."))
    if ends <= starts:
        raise Invalid(ends=_("The end must be after the start."))
    if ends > clock.now():
        raise Invalid(ends=_("This time is in the future."))


def _refuse(ticket: Ticket, since: datetime) -> None:
    if since > clock.now():
        raise Invalid(since=_("This time is in the future."))
    if since < ticket.received_at - LONGEST_BEFORE:
        raise Invalid(since=_("This is more than one month before the ticket was received."))
    if ticket.restored_at is not None and since >= ticket.restored_at:
        raise Invalid(since=_("The service was already restored at that time."))
