"""Restoration, resolution, closure, and the ways back. Source: docs/rules/ticket-life-cycle.md."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, NotAllowed
from opale.kernel.facts import announce
from opale.kernel.models import StateMove
from opale.kernel.states import Move
from opale.run.desk.actions.alert_acknowledgements import (
    acknowledge_again,
    acknowledged_alerts,
    release_alerts_of,
)
from opale.run.desk.actions.approvals import pause_for_approval
from opale.run.desk.actions.assignments import lock_assignment, withdraw_running
from opale.run.desk.actions.commitments import refresh_all, refresh_commitments
from opale.run.desk.actions.outages import end_stated_outages
from opale.run.desk.actions.ownership import move_ownership
from opale.run.desk.actions.pauses import end_pauses
from opale.run.desk.actions.record_blocks import without_blocked
from opale.run.desk.actions.ticket_fields import refuse_missing_fields
from opale.run.desk.actions.ticket_locks import (
    Refusals,
    change_ticket,
    change_tickets,
    lock_permitted_tickets,
    lock_ticket,
    record_ticket_moves,
    validate_trade_time,
    without_refused,
)
from opale.run.desk.actions.unread_tickets import mark_unread_for_owner
from opale.run.desk.facts import (
    ServiceRestored,
    TicketReopened,
    TicketsCancelled,
    TicketsClosed,
    TicketsResolved,
)
from opale.run.desk.models import Assignment, Ownership, Pause, Ticket
from opale.run.desk.models.assignments import RESTORING_LEVELS
from opale.run.desk.queries.requests import awaited_approval
from opale.run.desk.states import (
    CANCEL,
    CLOSE,
    ENDED_STATES,
    REOPEN,
    RESOLVE,
    AssignmentState,
    refusal_of,
)
from opale.run.shifts.queries.duties import answerable, on_duty, service_desk


def restore_service(ticket: Ticket, *, by: Actor, at: datetime | None = None) -> Ticket:
    """Record when the service worked again; a workaround is enough. It stops the restore clock
    (GTR).

    Units: `at` is the trade time, between receipt and now. The first statement counts: a correction
    first withdraws it.
    Errors: NotFound, NotAllowed, IllegalMove (an ended ticket), Conflict (said already), Invalid.
    """
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        _restore(held, by=by, at=at or clock.now())
    return held


def restore_by_work(assignment: Assignment, *, by: Actor, at: datetime | None = None) -> Ticket:
    """Record the restoration as the person with the accepted work at level 2 or 3, desk or not.

    Units, Errors: as in `restore_service`; IllegalMove also for work that is not accepted,
    NotAllowed also for another level: for a supplier or a virtual team, the desk states it.
    """
    with attributed(by):
        held, work = lock_assignment(assignment, by=by)
        if work.level not in RESTORING_LEVELS:
            raise NotAllowed
        if work.state != AssignmentState.ACCEPTED:
            raise IllegalMove("restore", {work.pk: work.state})
        _restore(held, by=by, at=at or clock.now())
    return held


def _restore(held: Ticket, *, by: Actor, at: datetime) -> None:
    if held.state in ENDED_STATES:
        raise IllegalMove("restore", {held.pk: held.state})
    if held.restored_at is not None:
        raise _restored_before(held)
    mark_unread_for_owner(held, of=by.person_at_work)
    change_ticket(held, restored_at=validate_trade_time(held, at))
    record_ticket_moves("restore", {held.pk: held.state}, held.state, by=by, at=at)
    refresh_commitments(held)
    announce(ServiceRestored(ticket_id=held.pk, at=at), by=by)


def _restored_before(held: Ticket) -> Conflict:
    """Return the conflict that names who recorded the restoration first, and its time."""
    moves = StateMove.objects.filter(subject=Ticket._meta.label_lower, subject_id=held.pk)
    said = moves.filter(move__in=("restore", RESOLVE.name)).order_by("-id").first()
    words = {
        "name": said.actor_name if said else "Opale",
        "at": date_format(localtime(held.restored_at), "SHORT_DATETIME_FORMAT"),
    }
    return Conflict(
        _(
            "%(name)s already marked the service restored at %(at)s. If that is wrong, withdraw"
            " the restoration first."
        )
        % words
    )


def withdraw_restoration(ticket: Ticket, *, by: Actor) -> Ticket:
    """Withdraw a restoration, as the service did not work: the restore clock has run on.

    Errors: NotFound, NotAllowed, IllegalMove (nothing restored, or the ticket is ended).
    """
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        if held.state in ENDED_STATES or held.restored_at is None:
            raise IllegalMove("withdraw_restoration", {held.pk: held.state})
        change_ticket(held, restored_at=None)
        record_ticket_moves(
            "withdraw_restoration",
            {held.pk: held.state},
            held.state,
            by=by,
            at=clock.now(),
        )
        refresh_commitments(held)
    return held


def resolve_ticket(ticket: Ticket, *, by: Actor, cause: str = "") -> None:
    """Resolve one ticket, as a bulk of one: the rule is written once."""
    resolve_tickets([ticket], by=by, cause=cause)


def resolve_tickets(
    tickets: Iterable[Ticket],
    *,
    by: Actor,
    cause: str = "",
    at: datetime | None = None,
    refused: Refusals | None = None,
) -> list[int]:
    """Resolve tickets, all of them or none; an incident not yet restored is restored by it. With
    `refused`, all that can be.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid (a required field is not filled in).
    """
    moment = at or clock.now()
    with attributed(by):
        held = _hold_all(tickets, RESOLVE, by=by, refused=refused)
        held = without_blocked(held, RESOLVE, refused)
        held = without_refused(held, refuse_missing_fields, refused)
        end_pauses(held, at=moment)
        _move(
            held,
            RESOLVE,
            lambda ticket: {
                "resolved_at": moment,
                "cause": cause or ticket.cause,
                "acknowledged_at": ticket.acknowledged_at or moment,
                "restored_at": ticket.restored_at
                or (moment if ticket.kind == "incident" else None),
            },
            by=by,
            at=moment,
        )
        refresh_all(held)
        if held:
            announce(TicketsResolved(ticket_ids=tuple(t.pk for t in held), at=moment), by=by)
    return [ticket.pk for ticket in held]


def close_ticket(ticket: Ticket, *, by: Actor) -> Ticket:
    """Close a resolved ticket. Its owner stays responsible for later questions.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    (held,) = close_tickets([ticket], by=by)
    return held


def close_tickets(
    tickets: Iterable[Ticket], *, by: Actor, refused: Refusals | None = None
) -> list[Ticket]:
    """Close resolved tickets, all of them or none; with `refused`, all that can be.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with attributed(by):
        held = _hold_all(tickets, CLOSE, by=by, refused=refused)
        at = clock.now()
        needed_no_more = _withdraw_work(held, by=by, at=at)
        _move(held, CLOSE, lambda ticket: {"closed_at": at}, by=by, at=at)
        release_alerts_of(held, by=by)
        refresh_all(needed_no_more)
        if held:
            announce(TicketsClosed(ticket_ids=tuple(t.pk for t in held), at=at), by=by)
    return held


def cancel_ticket(ticket: Ticket, *, by: Actor, reason: str = "") -> Ticket:
    """Cancel a ticket without result: a mistake, a duplicate, a withdrawn wish.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    (held,) = cancel_tickets([ticket], by=by, reason=reason)
    return held


def cancel_tickets(
    tickets: Iterable[Ticket], *, by: Actor, reason: str = "", refused: Refusals | None = None
) -> list[Ticket]:
    """Cancel tickets without result, all of them or none; with `refused`, all that can be.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with attributed(by, reason=reason):
        held = _hold_all(tickets, CANCEL, by=by, refused=refused)
        at = clock.now()
        end_pauses(held, at=at)
        _withdraw_work(held, by=by, at=at)
        _move(
            held,
            CANCEL,
            lambda ticket: {"closed_at": at, "cause": reason or ticket.cause},
            by=by,
            at=at,
        )
        release_alerts_of(held, by=by)
        refresh_all(held)
        if held:
            announce(TicketsCancelled(ticket_ids=tuple(t.pk for t in held), at=at), by=by)
    return held


def capture_states(tickets: Sequence[Ticket]) -> dict[int, dict[str, Any]]:
    """Return the states of tickets before they are ended, for `restore_states`."""
    rows = Pause.objects.filter(ticket__in=tickets, ends=None)
    kinds = dict(rows.values_list("ticket_id", "kind"))
    acknowledged = acknowledged_alerts(tickets)
    return {
        ticket.pk: {
            "state": ticket.state,
            "cause": ticket.cause,
            "pause": kinds.get(ticket.pk, ""),
            "restored_at": _text(ticket.restored_at),
            "resolved_at": _text(ticket.resolved_at),
            "acknowledged": acknowledged[ticket.pk],
        }
        for ticket in tickets
    }


def restore_states(
    tickets: Iterable[Ticket],
    before: Mapping[int, Mapping[str, Any]],
    *,
    ended: str,
    by: Actor,
    refused: Refusals | None = None,
) -> list[Ticket]:
    """Undo that tickets were resolved, closed or cancelled: each returns to its former state. A
    pause resumes from now, the time between has counted, and withdrawn work stays withdrawn. Alerts
    that the end returned to Open are acknowledged again.

    Errors: without `refused` NotFound, NotAllowed, Conflict (no longer `ended`).
    """

    def refuse(ticket: Ticket) -> None:
        if ticket.state != ended:
            raise Conflict(_("The ticket has changed in the meantime. Reload and try again."))

    def fields(ticket: Ticket) -> dict[str, object]:
        stood = before[ticket.pk]
        return {
            "state": stood["state"],
            "cause": stood["cause"],
            "restored_at": _moment(stood["restored_at"]),
            "resolved_at": _moment(stood["resolved_at"]),
            "closed_at": None,
        }

    with attributed(by):
        at = clock.now()
        held = without_refused(
            lock_permitted_tickets(tickets, by=by, refused=refused), refuse, refused
        )
        for state in {before[ticket.pk]["state"] for ticket in held}:
            back = {t.pk: t.state for t in held if before[t.pk]["state"] == state}
            record_ticket_moves("take_back", back, state, by=by, at=at)
        change_tickets(held, fields)
        Pause.objects.bulk_create(
            Pause(ticket=t, customer_id=t.customer_id, kind=before[t.pk]["pause"], starts=at)
            for t in held
            if before[t.pk]["pause"]
        )
        refresh_all(held)
        # What was ended before this was recorded has no such key.
        alerts = {key for t in held for key in before[t.pk].get("acknowledged", ())}
        acknowledge_again(alerts, by=by)
    return held


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def reopen_ticket(ticket: Ticket, *, by: Actor, reason: str = "") -> Ticket:
    """Reopen an ended ticket under its number. It stays with its last owner if on duty, else goes
    to whoever answers for new work. Reopening it gives no ownership.

    Source: docs/rules/ownership.md, "Closing and reopening".
    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with attributed(by, reason=reason):
        (held,) = _hold_all([ticket], REOPEN, by=by)
        at = clock.now()
        forgotten = {"resolved_at": None, "closed_at": None, "restored_at": None}
        end_stated_outages(held)
        if held.restored_at is not None:
            forgotten["outage_from"] = None
        _move([held], REOPEN, lambda ticket: forgotten, by=by, at=at)
        desk = service_desk()
        if held.owner_id not in {duty.person_id for duty in on_duty(desk, at)}:
            person = answerable(desk, at).person
            move_ownership(held, person, by=by, at=at, reason=Ownership.Reason.GIVEN)
        if awaited_approval(held):
            pause_for_approval(held)
        refresh_commitments(held)
        announce(TicketReopened(ticket_id=held.pk, at=at), by=by)
    return held


def _hold_all(
    tickets: Iterable[Ticket], move: Move, *, by: Actor, refused: Refusals | None = None
) -> list[Ticket]:
    """Return the tickets, locked in key order, if all may make the move; with `refused`, those that
    may."""
    held = lock_permitted_tickets(tickets, by=by, refused=refused, right=move.right)
    standing = {t.pk: t.state for t in held if t.state not in move.sources}

    def refuse(ticket: Ticket) -> None:
        if ticket.pk in standing:
            raise IllegalMove(move.name, standing, refusal_of(move.name, ticket.state))

    return without_refused(held, refuse, refused)


def _withdraw_work(tickets: Sequence[Ticket], *, by: Actor, at: datetime) -> list[Ticket]:
    """Withdraw the running work of tickets that end; return the tickets that had some."""
    asked = set(
        Assignment.objects.running().filter(ticket__in=tickets).values_list("ticket_id", flat=True)
    )
    worked_on = [ticket for ticket in tickets if ticket.pk in asked]
    for ticket in worked_on:
        withdraw_running(ticket, by=by, at=at)
    return worked_on


def _move(
    tickets: Sequence[Ticket],
    move: Move,
    fields: Callable[[Ticket], Mapping[str, object]],
    *,
    by: Actor,
    at: datetime,
) -> None:
    standing = {ticket.pk: ticket.state for ticket in tickets}
    record_ticket_moves(move.name, standing, move.target, by=by, at=at)
    change_tickets(tickets, lambda ticket: {"state": move.target, **fields(ticket)})
