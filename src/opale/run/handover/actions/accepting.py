"""Cards and blocks are accepted, refused and given: acceptance moves the ownership that minute.

Source: docs/rules/handover.md, "Accepting".
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from opale.kernel import changes, clock
from opale.kernel.acting import acting
from opale.kernel.actor import Actor
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from opale.kernel.states import record_moves
from opale.organisation.models import Person
from opale.run.desk.actions.ownership import hand_over_tickets
from opale.run.desk.models import Ownership
from opale.run.handover.actions.paging import calm
from opale.run.handover.actions.preparing import BOARD, follow, lock
from opale.run.handover.actions.sleeping import put_to_sleep, wake
from opale.run.handover.models import Handover, HandoverItem, Refusal
from opale.run.handover.queries.sides import LATE
from opale.run.handover.queries.standing import Standing, people_arriving
from opale.run.handover.rights import WORK
from opale.run.handover.states import ACCEPT, UNACCEPTED, HandoverState, ItemState, Refused

UNDO_WITHIN: Final = timedelta(minutes=10)
P = HandoverItem.Place


def accept_card(item: HandoverItem, *, by: Actor) -> HandoverItem:
    """Own the ticket from this minute.

    Errors: NotFound, NotAllowed (off duty), IllegalMove, Conflict (it is somebody else's by now).
    """
    with acting(by):
        held, at = hold(item.handover_id, by=by), clock.now()
        _require_taker(held, by=by, at=at)
        rows = HandoverItem.objects.select_for_update(of=("self",)).filter(
            pk=item.pk, handover=held
        )
        row = rows.first()
        if row is None:
            raise NotFound
        if row.state not in UNACCEPTED:
            raise IllegalMove(ACCEPT.name, {row.pk: row.state})
        if not accept_rows(held, [row], by=by, at=at):
            raise Conflict(_("Somebody else has this ticket by now: it needs no handover."))
    return row


def accept_block(handover: Handover, leaver_id: int, *, by: Actor) -> int:
    """Own all calm tickets of one who leaves; they sleep until anything happens on them. How many.

    Errors: NotFound (nothing waits), NotAllowed (off duty), IllegalMove.
    """
    with acting(by):
        held, at = hold(handover.pk, by=by), clock.now()
        _require_taker(held, by=by, at=at)
        rows = HandoverItem.objects.filter(
            handover=held, leaver=leaver_id, place=P.BLOCK, state__in=sorted(UNACCEPTED)
        )
        waiting = list(rows.select_for_update(of=("self",)).order_by("ticket_id"))
        if not waiting:
            raise NotFound
        moved = accept_rows(held, waiting, by=by, at=at)
        put_to_sleep([one.ticket_id for one in moved], person_of(by))
    return len(moved)


def accept_rows(
    held: Handover, rows: Sequence[HandoverItem], *, by: Actor, at: datetime
) -> list[HandoverItem]:
    """Those whose ticket was still there to be taken over; the others need no handover any more."""
    seen = {one.ticket_id: one.taker_id or one.leaver_id for one in rows}
    taken = {ticket.pk for ticket in hand_over_tickets(seen, person_of(by), by=by)}
    moved = [one for one in rows if one.ticket_id in taken]
    before = {one.pk: one.state for one in moved}
    for one in rows:
        one.state = ItemState.ACCEPTED if one.ticket_id in taken else ItemState.GONE
    ids = [one.pk for one in moved]
    HandoverItem.objects.filter(pk__in=ids).update(
        state=ItemState.ACCEPTED, taker=by.person_id, decided_at=at
    )
    gone = [one.pk for one in rows if one.ticket_id not in taken]
    HandoverItem.objects.filter(pk__in=gone).update(state=ItemState.GONE)
    record_moves(HandoverItem, ACCEPT.name, before, ACCEPT.target, by=by, at=at)
    calm(held, by=by, at=at)
    changes.touch(held.topic, BOARD)
    return moved


def refuse_card(item: HandoverItem, reason: str, *, by: Actor, note: str = "") -> HandoverItem:
    """Say why one does not take it: the next who could is proposed.

    Errors: NotFound, NotAllowed (off duty), IllegalMove, Invalid (reason).
    """
    if reason not in Refused.values:
        raise Invalid(reason=_("Say why."))
    with acting(by):
        held, at = hold(item.handover_id, by=by), clock.now()
        _require_taker(held, by=by, at=at)
        row = _waiting(held, item)
        Refusal.objects.create(
            item=row, person=person_of(by), reason=reason, note=note.strip()[:300], at=at
        )
        follow(held, at=at)
        changes.touch(held.topic, BOARD)
    row.refresh_from_db()
    return row


def give_card(item: HandoverItem, person: Person, *, by: Actor) -> HandoverItem:
    """Propose it to somebody named, who still accepts it.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid (the person does not arrive).
    """
    with acting(by):
        held, at = hold(item.handover_id, by=by), clock.now()
        row = _waiting(held, item)
        _require_arriving(held, person, at)
        Refusal.objects.filter(item=row, person=person).delete()
        HandoverItem.objects.filter(pk=row.pk).update(proposed=person, why=["given"])
        changes.touch(held.topic, BOARD)
    row.refresh_from_db()
    return row


def give_block(handover: Handover, leaver_id: int, person: Person, *, by: Actor) -> int:
    """The same for all calm tickets of one who leaves. How many."""
    with acting(by):
        held, at = hold(handover.pk, by=by), clock.now()
        _require_arriving(held, person, at)
        rows = HandoverItem.objects.filter(
            handover=held, leaver=leaver_id, place=P.BLOCK, state__in=sorted(UNACCEPTED)
        )
        given = rows.update(proposed=person, why=["given"])
        changes.touch(held.topic, BOARD)
    return given


def note_on_card(item: HandoverItem, note: str, *, by: Actor) -> None:
    """What comes next, for whoever takes it. Errors: NotFound, NotAllowed, IllegalMove."""
    with acting(by):
        held = hold(item.handover_id, by=by)
        row = _waiting(held, item)
        HandoverItem.objects.filter(pk=row.pk).update(note=" ".join(note.split())[:300])
        changes.touch(held.topic)


def undo_acceptance(handover: Handover, ids: Sequence[int], *, by: Actor) -> int:
    """Give back what one has just accepted: it waits again with who had it. How many.

    Errors: NotFound, NotAllowed, Conflict (too late, or the clock has passed by).
    """
    with acting(by):
        held, at = hold(handover.pk, by=by), clock.now()
        rows = HandoverItem.objects.select_for_update(of=("self",)).filter(
            handover=held,
            pk__in=ids,
            state=ItemState.ACCEPTED,
            taker=by.person_id,
            decided_at__gt=at - UNDO_WITHIN,
        )
        found = list(rows.select_related("leaver"))
        if not found or at >= held.ends_at + LATE:
            raise Conflict(_("This can no longer be undone: give the ticket to somebody instead."))
        for leaver in {one.leaver for one in found}:
            own = {one.ticket_id: by.person_id or 0 for one in found if one.leaver == leaver}
            hand_over_tickets(own, leaver, by=by, reason=Ownership.Reason.GIVEN)
        wake([one.ticket_id for one in found])
        before = {one.pk: one.state for one in found}
        HandoverItem.objects.filter(pk__in=before).update(
            state=ItemState.WAITING, taker=None, decided_at=None
        )
        record_moves(HandoverItem, "undo", before, ItemState.WAITING, by=by, at=at)
        changes.touch(held.topic, BOARD)
    return len(found)


def hold(handover_id: int, *, by: Actor) -> Handover:
    """The open record, locked.

    Errors: NotFound, NotAllowed, IllegalMove (it is signed).
    """
    seen = Handover.objects.visible_to(by).filter(pk=handover_id)
    if not seen.exists():
        raise NotFound
    if not seen.within(by, WORK).exists():
        raise NotAllowed
    held = lock(handover_id)
    if held is None:
        raise NotFound
    if held.state != HandoverState.OPEN:
        raise IllegalMove("change", {held.pk: held.state}, _("This record is signed: it stays."))
    return held


def person_of(by: Actor) -> Person:
    """Errors: NotAllowed (no person)."""
    found = Person.objects.filter(pk=by.person_id or 0, left_on=None).first()
    if found is None:
        raise NotAllowed
    return found


def _require_taker(held: Handover, *, by: Actor, at: datetime) -> None:
    if not Standing.of(held, at).may_take(by.person_id):
        raise NotAllowed(_("Only who is on duty then takes work over."))


def _require_arriving(held: Handover, person: Person, at: datetime) -> None:
    if person.pk not in {one.pk for one in people_arriving(held, at)}:
        raise Invalid(person=_("%(name)s is not on the next shift.") % {"name": person.name})


def _waiting(held: Handover, item: HandoverItem) -> HandoverItem:
    rows = HandoverItem.objects.select_for_update(of=("self",)).filter(handover=held, pk=item.pk)
    row = rows.first()
    if row is None:
        raise NotFound
    if row.state not in UNACCEPTED:
        raise IllegalMove(ACCEPT.name, {row.pk: row.state})
    return row
