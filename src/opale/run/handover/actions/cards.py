"""Acceptance, refusal and proposal of cards and blocks; acceptance moves the ownership at once.

Source: docs/rules/handover.md, "Accepting".
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from opale.kernel.states import record_moves
from opale.organisation.models import Person
from opale.run.desk.actions.ownership import hand_over_tickets
from opale.run.desk.models import Ownership
from opale.run.handover.actions.paging import stop_paging_when_accepted
from opale.run.handover.actions.record_notifications import (
    notify_accepted,
    notify_proposed,
    notify_refused,
)
from opale.run.handover.actions.records import BOARD_TOPIC, lock_handover, refresh_handover
from opale.run.handover.actions.snooze import snooze_tickets, unsnooze_tickets
from opale.run.handover.models import Handover, HandoverItem, Refusal
from opale.run.handover.queries.permissions import HandoverPermissions, people_arriving
from opale.run.handover.queries.shift_changes import ACCEPTANCE_WINDOW
from opale.run.handover.rights import WORK
from opale.run.handover.states import ACCEPT, UNACCEPTED, HandoverState, ItemState, RefusalReason

UNDO_WITHIN: Final = timedelta(minutes=10)
P = HandoverItem.Place


def accept_card(item: HandoverItem, *, by: Actor) -> HandoverItem:
    """Accept a card: the actor owns the ticket from this minute.

    Errors: NotFound, NotAllowed (off duty), IllegalMove, Conflict (it is somebody else's by now).
    """
    with attributed(by):
        held, at = lock_open_handover(item.handover_id, by=by), clock.now()
        _require_taker(held, by=by, at=at)
        rows = HandoverItem.objects.select_for_update(of=("self",)).filter(
            pk=item.pk, handover=held
        )
        row = rows.first()
        if row is None:
            raise NotFound
        if row.state not in UNACCEPTED:
            raise IllegalMove(ACCEPT.name, {row.pk: row.state})
        if not accept_items(held, [row], by=by, at=at):
            raise Conflict(_("This ticket now has another owner and needs no handover."))
    return row


def accept_block(handover: Handover, leaver_id: int, *, by: Actor) -> int:
    """Accept all calm tickets of a leaver, snoozed until anything happens; return how many.

    Errors: NotFound (nothing waits), NotAllowed (off duty), IllegalMove.
    """
    with attributed(by):
        held, at = lock_open_handover(handover.pk, by=by), clock.now()
        _require_taker(held, by=by, at=at)
        rows = HandoverItem.objects.filter(
            handover=held, leaver=leaver_id, place=P.BLOCK, state__in=sorted(UNACCEPTED)
        )
        waiting = list(rows.select_for_update(of=("self",)).order_by("ticket_id"))
        if not waiting:
            raise NotFound
        moved = accept_items(held, waiting, by=by, at=at)
        snooze_tickets([one.ticket_id for one in moved], require_person(by))
    return len(moved)


def accept_items(
    held: Handover, rows: Sequence[HandoverItem], *, by: Actor, at: datetime
) -> list[HandoverItem]:
    """Accept the items still to be taken over and return them; the others are gone."""
    seen = {one.ticket_id: one.taker_id or one.leaver_id for one in rows}
    taken = {ticket.pk for ticket in hand_over_tickets(seen, require_person(by), by=by)}
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
    stop_paging_when_accepted(held, by=by, at=at)
    notify_accepted(held, moved, by=by, at=at)
    live_topics.publish(held.topic, BOARD_TOPIC)
    return moved


def refuse_card(item: HandoverItem, reason: str, *, by: Actor, note: str = "") -> HandoverItem:
    """Refuse a card with a reason: the next suitable person is proposed.

    Errors: NotFound, NotAllowed (off duty), IllegalMove, Invalid (reason).
    """
    if reason not in RefusalReason.values:
        raise Invalid(reason=_("Enter a reason."))
    with attributed(by):
        held, at = lock_open_handover(item.handover_id, by=by), clock.now()
        _require_taker(held, by=by, at=at)
        row = _waiting(held, item)
        Refusal.objects.create(
            item=row, person=require_person(by), reason=reason, note=note.strip()[:300], at=at
        )
        refresh_handover(held, at=at)
        notify_refused(held, row, by=by, at=at)
        live_topics.publish(held.topic, BOARD_TOPIC)
    row.refresh_from_db()
    return row


def propose_card(item: HandoverItem, person: Person, *, by: Actor) -> HandoverItem:
    """Propose a card to a named person, who still accepts it.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid (the person does not arrive).
    """
    with attributed(by):
        held, at = lock_open_handover(item.handover_id, by=by), clock.now()
        row = _waiting(held, item)
        _require_arriving(held, person, at)
        Refusal.objects.filter(item=row, person=person).delete()
        HandoverItem.objects.filter(pk=row.pk).update(proposed=person, why=["given"])
        notify_proposed(held, [person.pk], by=by)
        live_topics.publish(held.topic, BOARD_TOPIC)
    row.refresh_from_db()
    return row


def propose_block(handover: Handover, leaver_id: int, person: Person, *, by: Actor) -> int:
    """Propose all calm tickets of a leaver to a named person; return how many."""
    with attributed(by):
        held, at = lock_open_handover(handover.pk, by=by), clock.now()
        _require_arriving(held, person, at)
        rows = HandoverItem.objects.filter(
            handover=held, leaver=leaver_id, place=P.BLOCK, state__in=sorted(UNACCEPTED)
        )
        given = rows.update(proposed=person, why=["given"])
        notify_proposed(held, [person.pk], by=by)
        live_topics.publish(held.topic, BOARD_TOPIC)
    return given


def add_card_note(item: HandoverItem, note: str, *, by: Actor) -> None:
    """Set the note on what comes next, for the person who takes the ticket.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with attributed(by):
        held = lock_open_handover(item.handover_id, by=by)
        row = _waiting(held, item)
        HandoverItem.objects.filter(pk=row.pk).update(note=" ".join(note.split())[:300])
        live_topics.publish(held.topic)


def undo_acceptance(handover: Handover, ids: Sequence[int], *, by: Actor) -> int:
    """Undo one's own recent acceptance: tickets return to who had them. Returns how many.

    Errors: NotFound, NotAllowed, Conflict (too late, or the clock has passed by).
    """
    with attributed(by):
        held, at = lock_open_handover(handover.pk, by=by), clock.now()
        rows = HandoverItem.objects.select_for_update(of=("self",)).filter(
            handover=held,
            pk__in=ids,
            state=ItemState.ACCEPTED,
            taker=by.person_id,
            decided_at__gt=at - UNDO_WITHIN,
        )
        found = list(rows.select_related("leaver"))
        if not found or at >= held.ends_at + ACCEPTANCE_WINDOW:
            raise Conflict(
                _("This can no longer be undone. Assign the ticket to somebody instead.")
            )
        for leaver in {one.leaver for one in found}:
            own = {one.ticket_id: by.person_id or 0 for one in found if one.leaver == leaver}
            hand_over_tickets(own, leaver, by=by, reason=Ownership.Reason.GIVEN)
        unsnooze_tickets([one.ticket_id for one in found])
        before = {one.pk: one.state for one in found}
        HandoverItem.objects.filter(pk__in=before).update(
            state=ItemState.WAITING, taker=None, decided_at=None
        )
        record_moves(HandoverItem, "undo", before, ItemState.WAITING, by=by, at=at)
        live_topics.publish(held.topic, BOARD_TOPIC)
    return len(found)


def lock_open_handover(handover_id: int, *, by: Actor) -> Handover:
    """Return the open record, locked.

    Errors: NotFound, NotAllowed, IllegalMove (it is signed).
    """
    seen = Handover.objects.visible_to(by).filter(pk=handover_id)
    if not seen.exists():
        raise NotFound
    if not seen.within(by, WORK).exists():
        raise NotAllowed
    held = lock_handover(handover_id)
    if held is None:
        raise NotFound
    if held.state != HandoverState.OPEN:
        raise IllegalMove(
            "change",
            {held.pk: held.state},
            _("This handover is signed and can no longer be changed."),
        )
    return held


def require_person(by: Actor) -> Person:
    """Errors: NotAllowed (no person)."""
    found = Person.objects.filter(pk=by.person_id or 0, left_on=None).first()
    if found is None:
        raise NotAllowed
    return found


def _require_taker(held: Handover, *, by: Actor, at: datetime) -> None:
    if not HandoverPermissions.of(held, at).may_take(by.person_id):
        raise NotAllowed(_("Only people on the incoming shift can take work over."))


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
