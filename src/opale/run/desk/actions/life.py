"""Restoration, resolution, closure, and the ways back. Source: docs/rules/ticket-life-cycle.md."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.acting import acting
from opale.kernel.actor import Actor
from opale.kernel.errors import Conflict, IllegalMove, NotAllowed, NotFound
from opale.kernel.facts import announce
from opale.kernel.models import StateMove
from opale.kernel.states import Move, record_moves
from opale.run.desk.actions.assignments import withdraw_running
from opale.run.desk.actions.commitments import refresh_commitments
from opale.run.desk.actions.locking import change_ticket, hold_ticket, in_its_time
from opale.run.desk.actions.ownership import move_ownership
from opale.run.desk.actions.pauses import end_pause
from opale.run.desk.actions.unapproved import refuse_unapproved
from opale.run.desk.facts import ServiceRestored, TicketsClosed, TicketsResolved
from opale.run.desk.models import DeskQuerySet, Ownership, Ticket
from opale.run.desk.states import CANCEL, CLOSE, ENDED_STATES, REOPEN, RESOLVE
from opale.run.shifts.queries import answerable, on_duty, service_desk


def restore_service(ticket: Ticket, *, by: Actor, at: datetime) -> Ticket:
    """Say when the service worked again; a workaround is enough. It stops the restore clock (GTR).

    Units: `at` is the trade time, between receipt and now. The first word stands: whoever
    knows better withdraws it before.
    Errors: NotFound, NotAllowed, IllegalMove (an ended ticket), Conflict (said already), Invalid.
    """
    with acting(by):
        held = hold_ticket(ticket, by=by)
        if held.state in ENDED_STATES:
            raise IllegalMove("restore", {held.pk: held.state})
        if held.restored_at is not None:
            raise _restored_before(held)
        change_ticket(held, restored_at=in_its_time(held, at))
        record_moves(Ticket, "restore", {held.pk: held.state}, held.state, by=by, at=at)
        refresh_commitments(held)
        announce(ServiceRestored(ticket_id=held.pk, at=at), by=by)
    return held


def _restored_before(held: Ticket) -> Conflict:
    """Who was faster, and what was said."""
    moves = StateMove.objects.filter(subject=Ticket._meta.label_lower, subject_id=held.pk)
    said = moves.filter(move__in=("restore", RESOLVE.name)).order_by("-id").first()
    words = {
        "name": said.actor_name if said else "Opale",
        "at": date_format(localtime(held.restored_at), "SHORT_DATETIME_FORMAT"),
    }
    return Conflict(
        _(
            "%(name)s said already that the service has worked again since %(at)s. If that is"
            " wrong, withdraw it first."
        )
        % words
    )


def withdraw_restoration(ticket: Ticket, *, by: Actor) -> Ticket:
    """The service did not work after all: the restore clock has run on.

    Errors: NotFound, NotAllowed, IllegalMove (nothing restored, or the ticket is ended).
    """
    with acting(by):
        held = hold_ticket(ticket, by=by)
        if held.state in ENDED_STATES or held.restored_at is None:
            raise IllegalMove("withdraw_restoration", {held.pk: held.state})
        change_ticket(held, restored_at=None)
        record_moves(
            Ticket,
            "withdraw_restoration",
            {held.pk: held.state},
            held.state,
            by=by,
            at=clock.now(),
        )
        refresh_commitments(held)
    return held


def resolve_ticket(ticket: Ticket, *, by: Actor, cause: str = "") -> None:
    """One is a bulk of one: the rule is written once."""
    resolve_tickets(Ticket.objects.filter(pk=ticket.pk), by=by, cause=cause)


def resolve_tickets(
    tickets: DeskQuerySet[Ticket], *, by: Actor, cause: str = "", at: datetime | None = None
) -> list[int]:
    """Resolve tickets, all of them or none; an incident not yet restored is restored by it.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    moment = at or clock.now()
    with acting(by):
        held = _hold_all(tickets, RESOLVE, by=by)
        refuse_unapproved(held, RESOLVE.name)
        for ticket in held:
            end_pause(ticket, at=moment)
            _move(
                ticket,
                RESOLVE,
                by=by,
                at=moment,
                resolved_at=moment,
                cause=cause or ticket.cause,
                acknowledged_at=ticket.acknowledged_at or moment,
                restored_at=ticket.restored_at or (moment if ticket.kind == "incident" else None),
            )
            refresh_commitments(ticket)
        announce(TicketsResolved(ticket_ids=tuple(t.pk for t in held), at=moment), by=by)
    return [ticket.pk for ticket in held]


def close_ticket(ticket: Ticket, *, by: Actor) -> Ticket:
    """Close a resolved ticket. Its owner goes on answering for it, should somebody ask.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with acting(by):
        (held,) = _hold_all(Ticket.objects.filter(pk=ticket.pk), CLOSE, by=by)
        at = clock.now()
        withdraw_running(held, by=by, at=at)
        _move(held, CLOSE, by=by, at=at, closed_at=at)
        announce(TicketsClosed(ticket_ids=(held.pk,), at=at), by=by)
    return held


def cancel_ticket(ticket: Ticket, *, by: Actor, reason: str = "") -> Ticket:
    """End a ticket without result: a mistake, a duplicate, a wish withdrawn.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with acting(by, reason=reason):
        (held,) = _hold_all(Ticket.objects.filter(pk=ticket.pk), CANCEL, by=by)
        at = clock.now()
        end_pause(held, at=at)
        withdraw_running(held, by=by, at=at)
        _move(held, CANCEL, by=by, at=at, closed_at=at, cause=reason or held.cause)
        refresh_commitments(held)
    return held


def reopen_ticket(ticket: Ticket, *, by: Actor, reason: str = "") -> Ticket:
    """Work on an ended ticket again, under its number. Who reopens by hand owns it; else its owner
    does if on duty, and otherwise whoever answers for new work.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with acting(by, reason=reason):
        (held,) = _hold_all(Ticket.objects.filter(pk=ticket.pk), REOPEN, by=by)
        at = clock.now()
        _move(held, REOPEN, by=by, at=at, resolved_at=None, closed_at=None, restored_at=None)
        desk = service_desk()
        if held.owner_id not in {duty.person_id for duty in on_duty(desk, at)}:
            person = answerable(desk, at).person
            move_ownership(held, person, by=by, at=at, reason=Ownership.Reason.GIVEN)
        refresh_commitments(held)
    return held


def _hold_all(tickets: DeskQuerySet[Ticket], move: Move, *, by: Actor) -> list[Ticket]:
    """The tickets, locked in key order, if every one of them may make the move."""
    asked = tickets.visible_to(by).order_by("pk")
    held = list(asked.select_for_update(of=("self",)))
    if not held:
        raise NotFound
    keys = [ticket.pk for ticket in held]
    if Ticket.objects.within(by, move.right).filter(pk__in=keys).count() != len(keys):
        raise NotAllowed
    if refused := {t.pk: t.state for t in held if t.state not in move.sources}:
        raise IllegalMove(move.name, refused, _("This cannot be done to the ticket as it stands."))
    return held


def _move(ticket: Ticket, move: Move, *, by: Actor, at: datetime, **fields: object) -> None:
    record_moves(Ticket, move.name, {ticket.pk: ticket.state}, move.target, by=by, at=at)
    change_ticket(ticket, state=move.target, **fields)
