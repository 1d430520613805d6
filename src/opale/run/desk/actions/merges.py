"""Merging tickets about one trouble under one number; undoable for fourteen days.

Source: docs/rules/merge-and-links.md, "Merging".
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotFound
from opale.kernel.facts import announce
from opale.run.desk.actions.assignments import withdraw_running
from opale.run.desk.actions.classifications import update_customer_of_records
from opale.run.desk.actions.commitments import refresh_commitments
from opale.run.desk.actions.merge_records import move_records, move_records_back
from opale.run.desk.actions.pauses import end_pause
from opale.run.desk.actions.ticket_locks import change_ticket, lock_tickets, record_ticket_moves
from opale.run.desk.facts import MergeUndone, TicketsMerged
from opale.run.desk.models import Commitment, Merge, Pause, ProposedLink, Ticket, TicketLink
from opale.run.desk.queries.links import merge_chain_of
from opale.run.desk.states import MERGE

UNDOABLE_FOR = timedelta(days=14)
MERGEABLE_STATES = MERGE.sources
"""States in which a ticket may receive others: those in which it may itself be merged."""


def merge_tickets(
    tickets: Collection[Ticket], into: Ticket, *, by: Actor, reason: str = ""
) -> list[Merge]:
    """Merge tickets into `into`; all of them, or none.

    Messages, alerts, external references, watchers, assignments and time spent follow. Promises
    keep the earliest receipt: see `merged_record.combine_records`.
    Errors: NotFound, NotAllowed, IllegalMove (an ended ticket), Conflict (merged meanwhile),
    Invalid (nothing chosen, or tickets that may not become one).
    """
    with attributed(by, reason=reason):
        held = lock_tickets({into.pk, *(ticket.pk for ticket in tickets)}, by=by)
        survivor = held.pop(into.pk)
        if not held:
            raise Invalid(_("Choose another ticket to merge."))
        _refuse_unfit(survivor, held.values())
        at = clock.now()
        kept = _breaches(survivor)
        merges = [_merge(ticket, survivor, by=by, at=at) for ticket in held.values()]
        for merge in merges:
            merge.before["breaches"] = kept
            Merge.objects.filter(pk=merge.pk).update(before=merge.before)
        change_ticket(survivor)
        refresh_commitments(survivor)
        fact = TicketsMerged(into_id=survivor.pk, ticket_ids=tuple(held), at=at)
        announce(fact, by=by)
    return merges


def undo_merge(merge: Merge, *, by: Actor) -> Ticket:
    """Restore a merged ticket with its number, its messages and what else came with it.

    Messages written since the merge stay where they are.
    Errors: NotFound, NotAllowed, IllegalMove (undone already), Conflict (too late, or the ticket
    was merged on in the same moment).
    """
    with attributed(by):
        way = merge_chain_of(merge.into_id)
        held = lock_tickets({merge.ticket_id, *way}, by=by)
        if merge_chain_of(merge.into_id) != way:
            raise Conflict
        told = Merge.objects.select_for_update(of=("self",)).filter(pk=merge.pk).first()
        if told is None:
            raise NotFound
        at = clock.now()
        _refuse_late(told, at)
        ticket, survivor = held[told.ticket_id], held[way[-1]]
        move_records_back(told, {*way}, at=at)
        _stand_as_before(ticket, told.before, by=by, at=at)
        Merge.objects.filter(pk=told.pk).update(undone_at=at)
        for other in {survivor.pk: survivor, told.into_id: held[told.into_id]}.values():
            change_ticket(other)
            if other.pk == told.into_id:
                _forget_breaches(other, told.before["breaches"])
            refresh_commitments(other)
        ProposedLink.objects.filter(ticket=ticket, state=ProposedLink.State.JOINED).update(
            state=ProposedLink.State.OPEN, decided_at=None
        )
        announce(MergeUndone(ticket_id=ticket.pk, into_id=told.into_id, at=at), by=by)
    return ticket


def _merge(ticket: Ticket, survivor: Ticket, *, by: Actor, at: datetime) -> Merge:
    pause = Pause.objects.filter(ticket=ticket, ends=None).first()
    merge = Merge.objects.create(
        ticket=ticket,
        customer_id=survivor.customer_id,
        into=survivor,
        actor=by.key,
        actor_name=by.name,
        at=at,
    )
    merge.before = {
        "state": ticket.state,
        "resolved_at": ticket.resolved_at.isoformat() if ticket.resolved_at else None,
        "customer_id": ticket.customer_id,
        "pause": pause.kind if pause else "",
        "rows": move_records(merge, by=by, at=at),
    }
    withdraw_running(ticket, by=by, at=at)  # the survivor has its own
    end_pause(ticket, at=at)
    record_ticket_moves(MERGE.name, {ticket.pk: ticket.state}, MERGE.target, by=by, at=at)
    adopts = ticket.customer_id != survivor.customer_id
    change_ticket(
        ticket,
        state=MERGE.target,
        merged_into_id=survivor.pk,
        resolved_at=None,
        closed_at=at,
        customer_id=survivor.customer_id,
    )
    if adopts:
        update_customer_of_records(ticket)
    refresh_commitments(ticket)
    return merge


def _stand_as_before(ticket: Ticket, before: dict[str, Any], *, by: Actor, at: datetime) -> None:
    """Restore the state before the merge; a pause resumes now, and the time between has counted."""
    state, resolved_at = before["state"], before["resolved_at"]
    record_ticket_moves("unmerge", {ticket.pk: ticket.state}, state, by=by, at=at)
    adopted = before["customer_id"] is None and ticket.customer_id is not None
    change_ticket(
        ticket,
        state=state,
        merged_into_id=None,
        resolved_at=datetime.fromisoformat(resolved_at) if resolved_at else None,
        closed_at=None,
        customer_id=ticket.customer_id if before["customer_id"] else None,
    )
    if adopted:
        update_customer_of_records(ticket)
    if before["pause"]:
        Pause.objects.create(
            ticket=ticket, customer_id=ticket.customer_id, kind=before["pause"], starts=at
        )
    refresh_commitments(ticket)


def _breaches(ticket: Ticket) -> list[int]:
    rows = Commitment.objects.filter(ticket=ticket, assignment=None, breached_at__isnull=False)
    return sorted(rows.values_list("pk", flat=True))


def _forget_breaches(ticket: Ticket, kept: Sequence[int]) -> None:
    """Clear breaches that came with the merged ticket's earlier receipt; the others are found again
    when the clocks are computed. No other act clears a stored breach."""
    rows = Commitment.objects.filter(ticket=ticket, assignment=None, breached_at__isnull=False)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('opale.undone_merge', %s, true)", [str(ticket.pk)])
        rows.exclude(pk__in=kept).update(breached_at=None)
        cursor.execute("SELECT set_config('opale.undone_merge', '', true)")


def _refuse_late(merge: Merge, at: datetime) -> None:
    if merge.undone_at is not None:
        raise IllegalMove("unmerge", detail=_("This merge has already been undone."))
    if at - merge.at > UNDOABLE_FOR:
        raise Conflict(_("A merge can be undone for 14 days; this one is older."))


def _refuse_unfit(survivor: Ticket, tickets: Iterable[Ticket]) -> None:
    _refuse_state(survivor)
    for ticket in tickets:
        _refuse_state(ticket)
        if sentence := _unfit(ticket, survivor):
            raise Invalid(sentence % {"number": ticket.reference, "into": survivor.reference})
    _refuse_two_levels(survivor, [ticket.pk for ticket in tickets])


def _refuse_state(ticket: Ticket) -> None:
    if ticket.state in MERGEABLE_STATES:
        return
    if ticket.merged_into is not None:
        raise Conflict(
            _("%(number)s was merged into %(into)s in the meantime.")
            % {"number": ticket.reference, "into": ticket.merged_into.reference}
        )
    raise IllegalMove(
        MERGE.name,
        {ticket.pk: ticket.state},
        _("%(number)s is closed. Reopen it first.") % {"number": ticket.reference},
    )


def _unfit(ticket: Ticket, survivor: Ticket) -> str:
    """Return why two tickets may not be merged, if so."""
    if ticket.customer_id is None and ticket.employee_id is None:
        pass  # Without customer or employee yet, it gets those of the other.
    elif survivor.customer_id is None and survivor.employee_id is None:
        return _("%(into)s has no customer yet. Merge it into %(number)s instead.")
    elif ticket.customer_id != survivor.customer_id:
        return _("%(number)s and %(into)s belong to different customers. Link them instead.")
    elif ticket.customer_id is None and ticket.employee_id != survivor.employee_id:
        return _("%(number)s and %(into)s come from different employees. Link them instead.")
    if ticket.confidential and not survivor.confidential:
        return _("%(number)s is confidential and %(into)s is not.")
    if (
        survivor.restored_at is not None
        and ticket.kind == "incident"
        and ticket.restored_at is None
        and ticket.received_at > survivor.restored_at
    ):
        return _("%(number)s was received after the service of %(into)s was restored.")
    return ""


def _refuse_two_levels(survivor: Ticket, keys: list[int]) -> None:
    """Refuse a merge that would give children to a survivor that is itself a child."""
    family = TicketLink.objects.filter(kind=TicketLink.Kind.CHILD_OF)
    if family.filter(other__in=keys).exists() and family.filter(ticket=survivor).exists():
        raise Invalid(
            _("%(into)s is the child of a ticket, and one of the others has children.")
            % {"into": survivor.reference}
        )
