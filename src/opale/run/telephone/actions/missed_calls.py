"""Missed calls as work: called back, or dismissed with a reason.

Source: docs/rules/telephone.md, "Missed calls".
"""

from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, NotAllowed
from opale.run.telephone.actions.call_locks import change_call, lock_call
from opale.run.telephone.models import Call
from opale.run.telephone.states import WAITING, FollowUp

SETTLED_WITHIN: Final = timedelta(days=7)
"""How far back an answered call settles the missed calls of its number."""


def call_back(call: Call, *, by: Actor) -> Call:
    """Take on calling back, for others to see, with all missed calls of the same number.

    Errors: NotFound, NotAllowed (no person), Conflict (somebody else does; nothing to call back).
    """
    if by.person_id is None:
        raise NotAllowed
    with attributed(by):
        held = lock_call(call, by=by)
        if held.follow_up == FollowUp.TAKEN and held.followed_by_id == by.person_id:
            return held
        if held.follow_up == FollowUp.TAKEN and held.followed_by is not None:
            raise Conflict(_("%(name)s is already calling back.") % {"name": held.followed_by.name})
        _refuse_settled(held)
        _follow(held, by, follow_up=FollowUp.TAKEN)
    return held


def dismiss_call(call: Call, why: str, *, by: Actor) -> Call:
    """Dismiss a missed call, with all others of the same number.

    Errors: NotFound, NotAllowed, Conflict (nothing to call back).
    """
    with attributed(by):
        held = lock_call(call, by=by)
        _refuse_settled(held)
        _follow(held, by, follow_up=FollowUp.DISMISSED, dismissal=why)
    return held


def reopen_missed_call(call: Call, *, by: Actor) -> Call:
    """Reopen a missed call: it waits to be called back again.

    Errors: NotFound, NotAllowed, Conflict (it was never missed, or is on a ticket).
    """
    with attributed(by):
        held = lock_call(call, by=by)
        if held.follow_up == FollowUp.NONE or held.ticket_id is not None:
            raise Conflict(_("This call needs no call-back."))
        change_call(
            held,
            follow_up=FollowUp.OPEN,
            dismissal="",
            followed_by_id=None,
            followed_at=None,
        )
    return held


def settle_missed_calls(call: Call) -> None:
    """Mark earlier missed calls of the same number as done: this call reached the caller."""
    if not call.number_e164:
        return
    earlier = Call.objects.filter(
        number_e164=call.number_e164,
        follow_up__in=sorted(WAITING),
        began_at__lte=call.began_at,
        began_at__gt=call.began_at - SETTLED_WITHIN,
    )
    for missed in earlier.exclude(pk=call.pk).select_for_update().order_by("pk"):
        change_call(
            missed,
            follow_up=FollowUp.DONE,
            followed_by_id=call.agent_id,
            followed_at=call.answered_at or call.began_at,
        )


def _refuse_settled(call: Call) -> None:
    if call.follow_up not in WAITING:
        raise Conflict(_("This call needs no call-back."))


def _follow(held: Call, by: Actor, **fields: Any) -> None:
    """Apply a change to the call and to all missed calls of the same number."""
    fields |= {"followed_by_id": by.person_id, "followed_at": clock.now()}
    change_call(held, **fields)
    if not held.number_e164:
        return
    same = Call.objects.visible_to(by).filter(
        number_e164=held.number_e164, follow_up__in=sorted(WAITING)
    )
    for other in same.exclude(pk=held.pk).select_for_update().order_by("pk"):
        change_call(other, **fields)
