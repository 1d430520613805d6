"""The lists of the desk as all see them who see the same: read once after each change.

Whoever sees a confidential ticket that is not for everybody reads for himself, and so does a
customer's contact, whose rows are others.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.alike import read_once, state_of
from opale.kernel.counting import Counting
from opale.kernel.reference import remembered
from opale.run.desk.models import DeskQuerySet, Ticket
from opale.run.desk.queries.lists import COUNT_LIMIT, View, counts, tickets_in
from opale.run.desk.rights import CONFIDENTIAL, READ
from opale.run.desk.states import ENDED_STATES

QUEUE = "desk.queue"


@dataclass(frozen=True, slots=True)
class Alike:
    """What the lists are for all who see the same tickets, and how many are the reader's own."""

    state: Hashable
    mine: int


def alike(actor: Actor, view: View) -> Alike | None:
    """None for who reads alone."""
    if not actor.everywhere(READ):
        return None
    everything = actor.can(CONFIDENTIAL)
    hidden, mine = _own(actor, ended=view == "all").ask()
    if hidden and not everything:
        return None
    return Alike((everything, state_of(QUEUE)), mine)


def common(tickets: DeskQuerySet[Ticket], actor: Actor) -> DeskQuerySet[Ticket]:
    """Of tickets that the actor sees, those that all see of whom this is so."""
    return tickets if actor.can(CONFIDENTIAL) else tickets.filter(confidential=False)


def counts_alike(known: Alike, *, seen_by: Actor, at: datetime) -> dict[str, int]:
    """`counts`, of which the actor's own list alone was counted for him."""
    found = read_once(known.state, "counts", lambda: counts(seen_by=seen_by, at=at))
    return found | {"mine": known.mine}


@remembered(500)
def _own(actor: Actor, *, ended: bool) -> Counting:
    """Of the confidential tickets that the actor sees, whether there are any, and of those that he
    owns how many; who asks again asks the database alone."""
    hidden = Ticket.objects.visible_to(actor).filter(confidential=True)
    hidden = hidden if ended else hidden.exclude(state__in=ENDED_STATES)
    mine = tickets_in("mine", seen_by=actor, at=clock.now())
    return Counting.of([hidden, mine], COUNT_LIMIT)
