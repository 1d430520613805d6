"""Stand-by slips: what an answered page does to the night of whoever was on no shift.

Source: docs/rules/paging.md, "The stand-by slip".
"""

from datetime import datetime

from opale.kernel.actor import Actor
from opale.organisation.models import Person
from opale.run.paging.models import Mobilisation, Slip
from opale.run.shifts.models import Duty


def open_slip(held: Mobilisation, person: Person, *, by: Actor, at: datetime) -> Slip | None:
    """A call-out begins with the answer; none for somebody who is on shift anyway."""
    duties = list(Duty.objects.filter(person=person, period__contains=at).order_by("period", "id"))
    if any(duty.kind == Duty.Kind.STAFFED for duty in duties):
        return None
    return Slip.objects.create(
        person=person,
        team=held.team,
        mobilisation=held,
        duty=duties[0] if duties else None,
        began_at=at,
    )
