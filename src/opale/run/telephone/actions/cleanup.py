"""Closing of calls whose end was never reported, and deletion of old ones.

Source: docs/rules/telephone.md, "What is kept".
"""

from datetime import datetime, timedelta
from typing import Final

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.run.telephone.actions.call_locks import change_call
from opale.run.telephone.models import Call, HeardSignal
from opale.run.telephone.states import CallState, Direction, FollowUp

MAX_RINGING: Final = timedelta(minutes=10)
MAX_TALKING: Final = timedelta(hours=12)
SIGNAL_RETENTION: Final = timedelta(days=90)
CALL_RETENTION: Final = timedelta(days=365)
BATCH_SIZE: Final = 500


def end_stale_calls(*, by: Actor, at: datetime) -> int:
    """End calls of which no more was reported; those that only rang were missed."""
    with attributed(by):
        going_on = Call.objects.filter(state__in=[CallState.RINGING, CallState.ANSWERED])
        old = going_on.filter(began_at__lt=at - MAX_RINGING).order_by("pk")
        held = list(old.select_for_update(skip_locked=True)[:BATCH_SIZE])
        ended = [call for call in held if _is_over(call, at)]
        for call in ended:
            missed = call.state == CallState.RINGING and call.direction == Direction.IN
            waits = missed and call.ticket_id is None
            change_call(
                call,
                state=CallState.MISSED if missed else CallState.ENDED,
                follow_up=FollowUp.OPEN if waits else call.follow_up,
            )
    return len(ended)


def _is_over(call: Call, at: datetime) -> bool:
    return call.state == CallState.RINGING or call.began_at < at - MAX_TALKING


def delete_old_calls(*, by: Actor, at: datetime) -> int:
    """Delete old signals, and later the calls that led to no ticket."""
    count, _by_model = HeardSignal.objects.filter(received_at__lt=at - SIGNAL_RETENTION).delete()
    with attributed(by):
        old = Call.objects.filter(began_at__lt=at - CALL_RETENTION, ticket=None)
        calls, _by_model = Call.objects.filter(pk__in=old.values("pk")[:BATCH_SIZE]).delete()
    return count + calls
