"""The lists of the desk as all see them who see the same: read once after each change.

Whoever sees a confidential ticket that is not for everybody reads for himself, and so does a
customer's contact, whose rows are others.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from opale.kernel import clock
from opale.kernel.actor import EVERYTHING, Actor
from opale.kernel.alike import read_once, state_of
from opale.kernel.capped_counts import CountStatement
from opale.kernel.reference_cache import cached
from opale.run.desk.models import DeskQuerySet, Ticket
from opale.run.desk.queries.ticket_lists import COUNT_LIMIT, View, counts, tickets_in
from opale.run.desk.rights import CONFIDENTIAL, READ
from opale.run.desk.states import ENDED_STATES, RUNNING_STATES

T = TypeVar("T")

QUEUE = "desk.queue"
EVERYBODY = Actor("person", "everybody", "", {READ: EVERYTHING})
"""Sees every customer's tickets and has nothing of his own: what all see who read alike."""
CONFIDANT = Actor("person", "confidant", "", {READ: EVERYTHING, CONFIDENTIAL: EVERYTHING})
"""The same of those who may see what is confidential."""


@dataclass(frozen=True, slots=True)
class Alike:
    """What the lists are for all who see the same tickets, and how many are the reader's own.

    `everything`: they see what is confidential; `hides`: beside what all see the reader sees
    confidential ones; `apart`: which count in his lists.
    """

    everything: bool
    state: Hashable
    mine: int
    hides: bool = False
    apart: bool = False

    def once(self, what: Hashable, read: Callable[[], T]) -> T:
        """What `read` finds, read after each change by the first of them. Nobody changes it."""
        return read_once(self.state, (self.everything, what), read)


def alike(actor: Actor, view: View) -> Alike | None:
    """None for who reads alone."""
    if not actor.everywhere(READ):
        return None
    everything = actor.can(CONFIDENTIAL)
    open_, ended, mine = _own(actor, ended=view == "all").ask()
    apart = bool(open_) and not everything
    if apart and view != "all":
        return None
    hides = apart or (bool(ended) and not everything)
    return Alike(everything, state_of(QUEUE), mine, hides, apart)


def alike_for_many(actor: Actor) -> Alike:
    """The same for what is drawn for many, none of whom sees more than the others."""
    return Alike(actor.can(CONFIDENTIAL), state_of(QUEUE), 0)


def own_among_many(actor: Actor, view: View) -> CountStatement | None:
    """The question that `own_list_among_many` understands; None for who is none of many."""
    return _own(actor, ended=view == "all") if actor.everywhere(READ) else None


def own_list_among_many(actor: Actor, counts: Sequence[int]) -> int | None:
    """How long the actor's own list is, who sees else what all see who hold the same rights; None
    for who does not: for whoever sees confidential tickets beside."""
    open_, ended, mine = counts
    return None if (open_ or ended) and not actor.can(CONFIDENTIAL) else mine


def hidden_among(known: Alike, rows: Sequence[Ticket], *, last: bool, seen_by: Actor) -> bool:
    """Whether one of those that the reader sees beside them may belong on this page of all tickets,
    which is in the order of receipt, the newest first; `last`: no page follows."""
    if not known.hides:
        return False
    hidden = Ticket.objects.visible_to(seen_by).filter(confidential=True)
    return (hidden if last else hidden.filter(received_at__gte=rows[-1].received_at)).exists()


def anybody_like(actor: Actor) -> Actor:
    """Who sees of the tickets what this one and all others see who read alike, so that what they
    ask is made once and not for each of them. He holds no other right."""
    return CONFIDANT if actor.can(CONFIDENTIAL) else EVERYBODY


def common(tickets: DeskQuerySet[Ticket], actor: Actor) -> DeskQuerySet[Ticket]:
    """Of tickets that the actor sees, those that all see of whom this is so."""
    return tickets if actor.can(CONFIDENTIAL) else tickets.filter(confidential=False)


def counts_alike(known: Alike, *, seen_by: Actor, at: datetime) -> dict[str, int]:
    """`counts`, of which the actor's own list alone was counted for him."""
    if known.apart:
        return counts(seen_by=seen_by, at=at)
    found = known.once("counts", lambda: counts(seen_by=seen_by, at=at))
    return found | {"mine": known.mine}


@cached(500)
def _own(actor: Actor, *, ended: bool) -> CountStatement:
    """Of the confidential tickets that the actor sees those that are open and those that have
    ended, and his own list: how many. Who asks again asks the database alone."""
    hidden = Ticket.objects.visible_to(actor).filter(confidential=True)
    mine = tickets_in("mine", seen_by=actor, at=clock.now())
    over = hidden.filter(state__in=ENDED_STATES) if ended else None
    # Said so, it is found in the index: those that have ended become ever more.
    running = hidden.filter(state__in=RUNNING_STATES)
    return CountStatement.of([running, over, mine], COUNT_LIMIT)
