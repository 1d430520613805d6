"""Calls go where their tickets go. Source: docs/rules/merge-and-links.md."""

from opale.kernel.acting import acting
from opale.kernel.actor import Actor
from opale.run.desk.actions.locking import wake_readers
from opale.run.desk.facts import MergeUndone, TicketsMerged
from opale.run.desk.models import Ticket
from opale.run.desk.queries import way_of
from opale.run.telephone.actions.holding import change_call
from opale.run.telephone.models import Call


def follow_merge(fact: TicketsMerged, by: Actor) -> None:
    """The calls of merged tickets stand on the one that goes on. Hears desk.TicketsMerged."""
    with acting(by):
        for ticket_id in sorted(fact.ticket_ids):
            _follow(ticket_id)


def follow_undone_merge(fact: MergeUndone, by: Actor) -> None:
    """Those that came along go back; calls put there since stay. Hears desk.MergeUndone."""
    with acting(by):
        along = _locked(ticket__in=way_of(fact.into_id), trail__contains=[fact.ticket_id])
        for call in along:
            here = call.ticket_id
            before = call.trail[: call.trail.index(fact.ticket_id)]
            change_call(call, ticket_id=fact.ticket_id, trail=before)
            if here is not None:
                _wake(here)
        # It may have been merged into another one meanwhile.
        _follow(fact.ticket_id)


def _follow(ticket_id: int) -> None:
    way = way_of(ticket_id)
    for call in _locked(ticket=ticket_id) if len(way) > 1 else ():
        change_call(call, ticket_id=way[-1], trail=[*call.trail, *way[:-1]])
    _wake(way[-1])


def _locked(**asked: object) -> list[Call]:
    return list(Call.objects.filter(**asked).select_for_update(of=("self",)).order_by("pk"))


def _wake(ticket_id: int) -> None:
    for ticket in Ticket.objects.filter(pk=ticket_id):
        wake_readers(ticket)
