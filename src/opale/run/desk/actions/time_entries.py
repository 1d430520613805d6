"""Time spent on tickets: a timer, entries written by hand, and corrections kept in history.

Source: docs/rules/time-spent.md.
"""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from opale.customers.models import Contract, ContractedPlan
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.run.desk.actions.ticket_locks import lock_ticket, notify_readers, touch_ticket
from opale.run.desk.models import Ticket, TimeEntry

MAX_ENTRY_DURATION = timedelta(hours=24)
MICROSECOND = timedelta(microseconds=1)


def start_timer(ticket: Ticket, *, by: Actor) -> TimeEntry:
    """Start a timer on a ticket; one that runs on another ticket stops.

    Errors: NotFound, NotAllowed (no person, or no right), Conflict (it runs here already).
    """
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        person_id, at = _person_of(by), clock.now()
        running = TimeEntry.objects.select_for_update().filter(person_id=person_id, ends=None)
        for entry in running:
            if entry.ticket_id == held.pk:
                raise Conflict(_("Your timer is already running on this ticket."))
            _end(entry, at)
        return _write(held, person_id, at, None, "")


def stop_timer(*, by: Actor) -> TimeEntry:
    """Stop the actor's running timer. A forgotten one counts LONGEST at most.

    Errors: NotFound (none runs).
    """
    with attributed(by):
        running = TimeEntry.objects.select_for_update().filter(person_id=_person_of(by), ends=None)
        entry = running.select_related("ticket").first()
        if entry is None:
            raise NotFound
        _end(entry, clock.now())
        return entry


def log_time(
    ticket: Ticket, starts: datetime, ends: datetime, *, by: Actor, note: str = ""
) -> TimeEntry:
    """Record time spent without the timer.

    Errors: NotFound, NotAllowed, Invalid (an invalid or future time, or over a day).
    """
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        _refuse(starts, ends)
        return _write(held, _person_of(by), starts, ends, note)


def correct_time(
    entry: TimeEntry, starts: datetime, ends: datetime, *, by: Actor, note: str = ""
) -> TimeEntry:
    """Correct one's own entry; history keeps the former one.

    Errors: NotFound, NotAllowed (somebody else's), Invalid, Conflict (the timer runs).
    """
    with attributed(by):
        held = _hold(entry, by=by)
        _refuse(starts, ends)
        contract = contract_for(held.ticket, starts)
        TimeEntry.objects.filter(pk=held.pk).update(
            starts=starts, ends=ends, note=note, contract=contract
        )
        touch_ticket(held.ticket)
        held.refresh_from_db()
        return held


def remove_time(entry: TimeEntry, *, by: Actor) -> None:
    """Delete one's own entry; its history stays.

    Errors: NotFound, NotAllowed (somebody else's).
    """
    with attributed(by):
        held = _hold(entry, by=by, running=True)
        TimeEntry.objects.filter(pk=held.pk).delete()
        touch_ticket(held.ticket)


def contract_for(ticket: Ticket, at: datetime) -> Contract | None:
    """Return the contract whose hours pay for work on the ticket that day: that of its service, if
    it includes hours then; without service, the customer's only contract with hours."""
    if ticket.customer_id is None:
        return None
    day = at.date()
    with_hours = Contract.objects.filter(
        customer_id=ticket.customer_id, period__contains=day, hours__period__contains=day
    ).order_by("pk")
    service = ticket.service
    if service is None:
        found = list(with_hours[:2])
        return found[0] if len(found) == 1 else None
    of_service = ContractedPlan.objects.filter(
        Q(service=service) | Q(service_id=service.parent_id), period__contains=day
    )
    return with_hours.filter(pk__in=of_service.values("contract")).first()


def _write(
    ticket: Ticket, person_id: int, starts: datetime, ends: datetime | None, note: str
) -> TimeEntry:
    entry = TimeEntry.objects.create(
        ticket=ticket,
        customer_id=ticket.customer_id,
        person_id=person_id,
        starts=starts,
        ends=ends,
        contract=contract_for(ticket, starts),
        note=note,
    )
    touch_ticket(ticket)
    return entry


def _end(entry: TimeEntry, at: datetime) -> None:
    ends = max(min(at, entry.starts + MAX_ENTRY_DURATION), entry.starts + MICROSECOND)
    TimeEntry.objects.filter(pk=entry.pk).update(ends=ends)
    entry.ends = ends
    notify_readers(entry.ticket)


def _hold(entry: TimeEntry, *, by: Actor, running: bool = False) -> TimeEntry:
    held = (
        TimeEntry.objects.select_for_update(of=("self",))
        .select_related("ticket__service")
        .filter(pk=entry.pk)
        .first()
    )
    if held is None:
        raise NotFound
    lock_ticket(held.ticket, by=by)
    if held.person_id != _person_of(by):
        raise NotAllowed
    if held.ends is None and not running:
        raise Conflict(_("Stop the timer first."))
    return held


def _person_of(by: Actor) -> int:
    if by.person_id is None:
        raise NotAllowed
    return by.person_id


def _refuse(starts: datetime, ends: datetime) -> None:
    if ends <= starts:
        raise Invalid(ends=_("The end is before the start."))
    if ends > clock.now():
        raise Invalid(ends=_("This time is in the future."))
    if ends - starts > MAX_ENTRY_DURATION:
        raise Invalid(ends=_("A time entry can be at most 24 hours long. Add one per day."))
