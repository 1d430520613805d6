"""How every action takes hold of its call, and tells the world that it changed."""

from typing import Any

from opale.kernel import live_topics
from opale.kernel.action_steps import lock_row
from opale.kernel.actor import Actor
from opale.run.telephone.models import Call
from opale.run.telephone.rights import WORK

CALLS_TOPIC = "telephone.calls"


def lock_call(call: Call, *, by: Actor) -> Call:
    """The call as it stands now, locked. Errors: NotFound (hidden or missing), NotAllowed."""
    return lock_row(Call.objects.filter(pk=call.pk), by, WORK)


def change_call(call: Call, **fields: Any) -> None:
    """Write these fields alone, in the row and in the object at hand, and wake who looks at it."""
    Call.objects.filter(pk=call.pk).update(**fields)
    for name, value in fields.items():
        setattr(call, name, value)
    live_topics.publish(CALLS_TOPIC, f"telephone.call:{call.pk}")
