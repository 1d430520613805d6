"""Calls follow their tickets through merges. Source: docs/rules/merge-and-links.md."""

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.run.desk.actions.ticket_locks import notify_readers
from opale.run.desk.facts import MergeUndone, TicketsMerged
from opale.run.desk.models import Ticket
from opale.run.desk.queries.links import merge_chain_of
from opale.run.telephone.actions.call_locks import change_call
from opale.run.telephone.models import Call


def move_calls_of_merge(fact: TicketsMerged, by: Actor) -> None:
    """Move the calls of merged tickets to the remaining one. Hears desk.TicketsMerged."""
    with attributed(by):
        for ticket_id in sorted(fact.ticket_ids):
            _follow(ticket_id)


def move_calls_back(fact: MergeUndone, by: Actor) -> None:
    """Move merged calls back, except those added since. Hears desk.MergeUndone."""
    with attributed(by):
        along = _locked(ticket__in=merge_chain_of(fact.into_id), trail__contains=[fact.ticket_id])
        for call in along:
            here = call.ticket_id
            before = call.trail[: call.trail.index(fact.ticket_id)]
            change_call(call, ticket_id=fact.ticket_id, trail=before)
            if here is not None:
                _wake(here)
        # The ticket may have been merged into another one meanwhile.
        _follow(fact.ticket_id)


def _follow(ticket_id: int) -> None:
    way = merge_chain_of(ticket_id)
    for call in _locked(ticket=ticket_id) if len(way) > 1 else ():
        change_call(call, ticket_id=way[-1], trail=[*call.trail, *way[:-1]])
    _wake(way[-1])


def _locked(**asked: object) -> list[Call]:
    return list(Call.objects.filter(**asked).select_for_update(of=("self",)).order_by("pk"))


def _wake(ticket_id: int) -> None:
    for ticket in Ticket.objects.filter(pk=ticket_id):
        notify_readers(ticket)
