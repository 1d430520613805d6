"""Signatures of both leads, after which the record is fixed.

Source: docs/rules/handover.md, "Signature".
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, NotAllowed
from opale.kernel.facts import announce
from opale.kernel.states import record_moves
from opale.run.handover.actions.cards import lock_open_handover, require_person
from opale.run.handover.actions.paging import stop_paging_when_accepted
from opale.run.handover.actions.record_notifications import notify_signed
from opale.run.handover.actions.records import BOARD_TOPIC, refresh_handover
from opale.run.handover.facts import HandoverSigned
from opale.run.handover.models import Handover, HandoverItem
from opale.run.handover.queries.permissions import HandoverPermissions, Side
from opale.run.handover.queries.records import progress_of
from opale.run.handover.queries.situation import situation_of
from opale.run.handover.states import SIGN, HandoverState

READER = system("handover")


def sign(handover: Handover, side: Side, *, by: Actor) -> Handover:
    """Sign the record for one side. After both signatures nothing of it changes.

    Both sides sign once everything is accepted.
    Errors: NotFound, NotAllowed, IllegalMove, Conflict (something waits to be accepted).
    """
    with attributed(by):
        held, at = lock_open_handover(handover.pk, by=by), clock.now()
        if not HandoverPermissions.of(held, at).may_sign(side, by.person_id):
            raise NotAllowed
        refresh_handover(held, at=at)
        _refuse_while_waiting(held)
        if side == "arriving":
            held.arrived_at, held.arrived_by = at, require_person(by)
        else:
            held.left_at, held.left_by = at, require_person(by)
        held.save(update_fields=["arrived_at", "arrived_by", "left_at", "left_by"])
        if held.left_at and held.arrived_at:
            _freeze(held, by=by, at=at)
        notify_signed(held, by=by, at=at)
        live_topics.publish(held.topic, BOARD_TOPIC)
    return held


def unsign(handover: Handover, side: Side, *, by: Actor) -> Handover:
    """Withdraw one's signature while the other is missing.

    Errors: NotFound, NotAllowed (somebody else's), IllegalMove (both have signed).
    """
    with attributed(by):
        held = lock_open_handover(handover.pk, by=by)
        signed_by = held.arrived_by_id if side == "arriving" else held.left_by_id
        if signed_by is None or signed_by != by.person_id:
            raise NotAllowed
        if side == "arriving":
            held.arrived_at, held.arrived_by = None, None
        else:
            held.left_at, held.left_by = None, None
        held.save(update_fields=["arrived_at", "arrived_by", "left_at", "left_by"])
        live_topics.publish(held.topic, BOARD_TOPIC)
    return held


def _refuse_while_waiting(held: Handover) -> None:
    progress = progress_of(held)
    if progress.waiting:
        raise Conflict(progress.sentence)


def _freeze(held: Handover, *, by: Actor, at: datetime) -> None:
    situation = situation_of(held, seen_by=READER)
    before = {held.pk: held.state}
    held.state, held.signed_at, held.situation = HandoverState.SIGNED, at, situation
    held.words = "\n".join(_words(held))
    held.save(update_fields=["state", "signed_at", "situation", "words"])
    record_moves(Handover, SIGN.name, before, held.state, by=by, at=at)
    stop_paging_when_accepted(held, by=by, at=at)
    announce(HandoverSigned(handover_id=held.pk, at=at), by=by)


def _words(held: Handover) -> Iterator[str]:
    """Return the text by which the record is found: of a confidential ticket only its number."""
    for person in (held.left_by, held.arrived_by, held.leaving_lead, held.arriving_lead):
        yield person.name if person else ""
    rows = HandoverItem.objects.filter(handover=held).select_related("leaver", "taker")
    for one in rows.values(
        "told", "note", "ticket__confidential", "ticket__number", "leaver__name", "taker__name"
    ):
        yield f"T-{one['ticket__number']} {one['leaver__name']} {one['taker__name'] or ''}"
        if not one["ticket__confidential"]:
            told: dict[str, Any] = one["told"]
            yield f"{told.get('subject', '')} {told.get('customer', '')} {one['note']}"
    for kind in ("incidents", "muted", "coming", "watched"):
        for entry in held.situation[kind]:
            yield str(entry.get("subject") or entry.get("comment") or entry.get("text") or "")
