"""Locking a call for an action, and publishing its changes."""

from typing import Any

from opale.kernel import live_topics
from opale.kernel.action_steps import lock_row
from opale.kernel.actor import Actor
from opale.run.telephone.models import Call
from opale.run.telephone.rights import WORK

CALLS_TOPIC = "telephone.calls"


def lock_call(call: Call, *, by: Actor) -> Call:
    """Return the call, locked. Errors: NotFound (hidden or missing), NotAllowed."""
    return lock_row(Call.objects.filter(pk=call.pk), by, WORK)


def change_call(call: Call, **fields: Any) -> None:
    """Save these fields alone, set them on the object at hand, and publish the change."""
    Call.objects.filter(pk=call.pk).update(**fields)
    for name, value in fields.items():
        setattr(call, name, value)
    live_topics.publish(CALLS_TOPIC, f"telephone.call:{call.pk}")
