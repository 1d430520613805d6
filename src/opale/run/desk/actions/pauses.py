"""Pauses of a ticket: typed, dated, with their reason.

Source: docs/rules/clocks.md, "Pauses".
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove, Invalid, NotFound
from opale.run.desk.actions.commitments import refresh_all, refresh_commitments
from opale.run.desk.actions.record_blocks import without_blocked
from opale.run.desk.actions.ticket_locks import (
    Refusals,
    change_tickets,
    lock_permitted_tickets,
    lock_ticket,
    record_ticket_moves,
    touch_ticket,
    validate_trade_time,
    without_refused,
)
from opale.run.desk.models import Pause, Ticket
from opale.run.desk.states import HOLD, RESUME, WAIT

MICROSECOND = timedelta(microseconds=1)
LONGEST = timedelta(days=366)
BATCH = 200
HIGHEST_PRIORITY = 1
"""Tickets of this priority are put on hold with consent alone: somebody looked at what moves."""


def pause_ticket(
    ticket: Ticket,
    kind: Pause.Kind,
    *,
    by: Actor,
    reason: str = "",
    starts: datetime | None = None,
    until: datetime | None = None,
    confirmed: bool = False,
) -> Ticket:
    """Pause a ticket for the customer, a supplier, a change or an agreed date. A P1 has to be
    `confirmed`: its deadlines move.

    Units: `starts` is the trade time, from receipt on, by default now; the pause ends by itself at
    `until`.
    Errors: NotFound, NotAllowed, IllegalMove, Invalid.
    """
    (held,) = pause_tickets(
        [ticket], kind, by=by, reason=reason, starts=starts, until=until, confirmed=confirmed
    )
    return held


def pause_tickets(
    tickets: Iterable[Ticket],
    kind: Pause.Kind,
    *,
    by: Actor,
    reason: str = "",
    starts: datetime | None = None,
    until: datetime | None = None,
    confirmed: bool = False,
    refused: Refusals | None = None,
) -> list[Ticket]:
    """Pause many tickets; return those now paused. A P1 is refused unless it was `confirmed`.

    Errors: Invalid, and without `refused` NotFound, NotAllowed, IllegalMove.
    """
    move = WAIT if kind == Pause.Kind.CUSTOMER else HOLD
    at = clock.now()
    begins = starts or at

    def refuse(ticket: Ticket) -> None:
        if ticket.state not in move.sources:
            raise IllegalMove(move.name, {ticket.pk: ticket.state})
        if starts:
            validate_trade_time(ticket, starts, field="starts")
        _refuse_until(kind, until, at)
        if ticket.priority == HIGHEST_PRIORITY and not confirmed:
            raise Invalid(
                confirmed=_("A P1 is put on hold from its own page: confirm its deadlines there.")
            )

    with attributed(by, reason=reason):
        held = without_refused(
            lock_permitted_tickets(tickets, by=by, refused=refused), refuse, refused
        )
        end_pauses(held, at=begins)  # of a new ticket whose approval is waited for
        Pause.objects.bulk_create(
            Pause(
                ticket=ticket,
                customer_id=ticket.customer_id,
                kind=kind,
                starts=begins,
                until=until,
                reason=reason,
            )
            for ticket in held
        )
        record_ticket_moves(move.name, _states(held), move.target, by=by, at=begins)
        change_tickets(held, lambda ticket: {"state": move.target})
        refresh_all(held)
    return held


def resume_ticket(ticket: Ticket, *, by: Actor) -> Ticket:
    """Resume the work; the stopped clocks run again.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    (held,) = resume_tickets([ticket], by=by)
    return held


def resume_tickets(
    tickets: Iterable[Ticket], *, by: Actor, refused: Refusals | None = None
) -> list[Ticket]:
    """Resume many tickets; return those resumed.

    Errors: without `refused` NotFound, NotAllowed, IllegalMove.
    """

    def refuse(ticket: Ticket) -> None:
        if ticket.state not in RESUME.sources:
            raise IllegalMove(RESUME.name, {ticket.pk: ticket.state})

    with attributed(by):
        held = without_refused(
            lock_permitted_tickets(tickets, by=by, refused=refused), refuse, refused
        )
        held = without_blocked(held, RESUME, refused)
        _resume(held, by=by, at=clock.now())
    return held


def resume_due_pauses() -> int:
    """Resume the tickets whose agreed date has come, as of that date."""
    by = system("clocks")
    over = Pause.objects.filter(ends=None, until__lte=clock.now()).order_by("until")
    found = list(over.select_related("ticket")[:BATCH])
    for pause in found:
        with attributed(by):
            held = lock_ticket(pause.ticket, by=by)
            running = Pause.objects.filter(pk=pause.pk, ends=None).first()
            until = running.until if running else None
            if until is not None and until <= clock.now() and held.state in RESUME.sources:
                _resume([held], by=by, at=until)
    return len(found)


def record_pause(
    ticket: Ticket,
    kind: Pause.Kind,
    *,
    by: Actor,
    starts: datetime,
    ends: datetime,
    reason: str = "",
) -> Pause:
    """Record a past pause that was not noted at the time. Where it overlaps others, no minute is
    deducted twice.

    Errors: NotFound, NotAllowed, Invalid.
    """
    with attributed(by, reason=reason):
        held = lock_ticket(ticket, by=by)
        _refuse_times(held, starts, ends)
        pause = Pause.objects.create(
            ticket=held,
            customer_id=held.customer_id,
            kind=kind,
            starts=starts,
            ends=ends,
            reason=reason,
        )
        touch_ticket(held)
        refresh_commitments(held)
    return pause


def correct_pause(
    pause: Pause,
    *,
    by: Actor,
    kind: Pause.Kind,
    starts: datetime,
    ends: datetime | None,
    until: datetime | None = None,
    reason: str = "",
) -> Pause:
    """Correct the type, reason or times of a pause. History keeps the former ones.

    A running pause keeps running: end it by resuming. A breach that was seen meanwhile stays.
    Errors: NotFound, NotAllowed, Invalid.
    """
    with attributed(by, reason=reason):
        held, row = _hold_pause(pause, by=by)
        if row.ends is None:
            _refuse_other_wait(row, kind)
            if ends is not None:
                raise Invalid(ends=_("The ticket is still on hold. Resume it to end the hold."))
            validate_trade_time(held, starts, field="starts")
            _refuse_until(kind, until, clock.now())
        elif ends is None:
            raise Invalid(ends=_("Enter when the hold ended: it is no longer running."))
        else:
            _refuse_times(held, starts, ends)
        fields = {
            "kind": kind,
            "starts": starts,
            "ends": ends,
            "until": until if ends is None else row.until,
            "reason": reason,
        }
        Pause.objects.filter(pk=row.pk).update(**fields)
        touch_ticket(held)
        refresh_commitments(held)
    row.refresh_from_db()
    return row


def withdraw_pause(pause: Pause, *, by: Actor) -> None:
    """Delete a past pause recorded by mistake. History keeps it.

    Errors: NotFound, NotAllowed, Invalid (it runs).
    """
    with attributed(by):
        held, row = _hold_pause(pause, by=by)
        if row.ends is None:
            raise Invalid(_("The ticket is still on hold. Resume it to end the hold."))
        row.delete()
        touch_ticket(held)
        refresh_commitments(held)


def end_pause(ticket: Ticket, *, at: datetime) -> None:
    """End the running pause of a ticket, if any: at its agreed date, if that has passed."""
    end_pauses([ticket], at=at)


def end_pauses(tickets: Sequence[Ticket], *, at: datetime) -> None:
    """End the running pauses of many tickets."""
    ending: dict[datetime, list[int]] = defaultdict(list)
    for pause in Pause.objects.select_for_update().filter(ticket__in=tickets, ends=None):
        agreed = min(at, pause.until) if pause.until else at
        ending[max(agreed, pause.starts + MICROSECOND)].append(pause.pk)
    for ends, keys in ending.items():
        Pause.objects.filter(pk__in=keys).update(ends=ends)


def _resume(held: Sequence[Ticket], *, by: Actor, at: datetime) -> None:
    end_pauses(held, at=at)
    record_ticket_moves(RESUME.name, _states(held), RESUME.target, by=by, at=at)
    change_tickets(held, lambda ticket: {"state": RESUME.target})
    refresh_all(held)


def _states(tickets: Sequence[Ticket]) -> dict[int, str]:
    return {ticket.pk: ticket.state for ticket in tickets}


def _hold_pause(pause: Pause, *, by: Actor) -> tuple[Ticket, Pause]:
    held = lock_ticket(pause.ticket, by=by)
    row = Pause.objects.select_for_update(of=("self",)).filter(pk=pause.pk, ticket=held).first()
    if row is None:
        raise NotFound
    return held, row


def _refuse_times(ticket: Ticket, starts: datetime, ends: datetime) -> None:
    """Refuse times outside receipt to now, or in the wrong order."""
    validate_trade_time(ticket, starts, field="starts")
    if ends <= starts:
        raise Invalid(ends=_("The end must be after the start."))
    if ends > clock.now():
        raise Invalid(ends=_("This time is in the future."))


def _refuse_until(kind: Pause.Kind, until: datetime | None, at: datetime) -> None:
    if until is None:
        if kind == Pause.Kind.AGREED_DATE:
            raise Invalid(until=_("Choose a date in the future."))
        return
    if until <= at:
        raise Invalid(until=_("Choose a date in the future."))
    if until > at + LONGEST:
        raise Invalid(until=_("The agreed date must be within one year."))


def _refuse_other_wait(row: Pause, kind: Pause.Kind) -> None:
    """Refuse to change the party waited for in a running pause: it decides the ticket's state."""
    if (row.kind == Pause.Kind.CUSTOMER) != (kind == Pause.Kind.CUSTOMER):
        raise Invalid(
            kind=_("Resume the ticket first, then put it on hold again for the new reason.")
        )
