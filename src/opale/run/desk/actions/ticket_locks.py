"""Locks on tickets for actions, and announcements that a ticket changed."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.bulk_sql import update_rows
from opale.kernel.compiled_queries import compiled
from opale.kernel.errors import Invalid, NotAllowed, NotFound, OpaleError
from opale.kernel.facts import announce
from opale.kernel.states import record_moves
from opale.run.desk.facts import TicketsMoved
from opale.run.desk.models import DeskQuerySet, Sight, Ticket
from opale.run.desk.queries.links import merge_chain_of
from opale.run.desk.rights import WORK

QUEUE = "desk.queue"
T = TypeVar("T")


def lock_ticket(ticket: Ticket, *, by: Actor, right: str = WORK) -> Ticket:
    """Return the ticket as it is now, locked until the end of the transaction.

    Errors: NotFound (hidden or missing), NotAllowed.
    """
    rows = Ticket.objects.visible_to(by).select_for_update(of=("self",))
    held = rows.filter(pk=ticket.pk).first()
    if held is None:
        raise NotFound
    return _allowed(held, by=by, right=right)


def _allowed(held: Ticket, *, by: Actor, right: str) -> Ticket:
    if not by.everywhere(right) and not (
        Ticket.objects.within(by, right).filter(pk=held.pk).exists()
    ):
        raise NotAllowed
    return held


def lock_current_ticket(
    ticket: Ticket, *, by: Actor, right: str = WORK, along: Sequence[str] = ()
) -> Ticket:
    """Lock a ticket, or the one it was merged into: messages to an old number follow.

    A merge or its undo that ends while waiting is followed too; nothing else stays locked. `along`
    names relations read with it.
    Errors: NotFound (hidden or missing), NotAllowed.
    """
    # Nearly always it was not merged, and nobody else holds it: one question is enough.
    held = _unlocked_ticket.first(ticket.pk, sight=Sight.of(by), along=tuple(along))
    if held is not None:
        return _allowed(held, by=by, right=right)
    while True:
        place = transaction.savepoint()
        held = lock_ticket(Ticket(pk=_present(ticket)), by=by, right=right)
        if _present(ticket) == held.pk:
            transaction.savepoint_commit(place)
            return held
        transaction.savepoint_rollback(place)


@compiled
def _unlocked_ticket(key: int, /, *, sight: Sight, along: tuple[str, ...]) -> DeskQuerySet[Ticket]:
    """Lock the ticket if it is free and not merged: the first query of every action."""
    rows = Ticket.objects.visible_to(sight.actor).select_related(*along)
    return rows.select_for_update(of=("self",), skip_locked=True).filter(pk=key, merged_into=None)


def _present(ticket: Ticket) -> int:
    """Return the key of the ticket into which this one is merged now, or its own."""
    way = merge_chain_of(ticket.pk)
    if not way:
        raise NotFound
    return way[-1]


def lock_tickets(keys: Collection[int], *, by: Actor, right: str = WORK) -> dict[int, Ticket]:
    """Return the tickets of these keys, locked in key order, so that two actions on several of the
    same cannot deadlock.

    Errors: NotFound (one is hidden or missing), NotAllowed.
    """
    rows = Ticket.objects.visible_to(by).filter(pk__in=keys).order_by("pk")
    held = {ticket.pk: ticket for ticket in rows.select_for_update(of=("self",))}
    if held.keys() != set(keys):
        raise NotFound
    if Ticket.objects.within(by, right).filter(pk__in=keys).count() != len(held):
        raise NotAllowed
    return held


class Refusals(dict[int, OpaleError]):
    """Refusals of an act on many, by the key of the refused ticket; the others go on."""


def lock_permitted_tickets(
    tickets: Iterable[Ticket], *, by: Actor, refused: Refusals | None = None, right: str = WORK
) -> list[Ticket]:
    """Return the tickets as they are now, locked in key order. Hidden or forbidden ones are noted
    in `refused`; without it, one refuses all.

    Errors: NotFound, NotAllowed.
    """
    keys = [ticket.pk for ticket in tickets]
    rows = Ticket.objects.visible_to(by).filter(pk__in=keys).order_by("pk")
    held = {ticket.pk: ticket for ticket in rows.select_for_update(of=("self",))}
    allowed = set(Ticket.objects.within(by, right).filter(pk__in=held).values_list("pk", flat=True))

    def admit(key: int) -> None:
        if key not in held:
            raise NotFound
        if key not in allowed:
            raise NotAllowed

    if not keys and refused is None:
        raise NotFound
    return [held[key] for key in _fit(sorted(keys), admit, lambda key: key, refused)]


def without_refused(
    tickets: Sequence[Ticket], refuse: Callable[[Ticket], None], refused: Refusals | None
) -> list[Ticket]:
    """Return the tickets that `refuse` accepts; without `refused`, one refusal is for all."""
    return _fit(tickets, refuse, lambda ticket: ticket.pk, refused)


def _fit(
    rows: Iterable[T],
    refuse: Callable[[T], None],
    key: Callable[[T], int],
    refused: Refusals | None,
) -> list[T]:
    found = []
    for row in rows:
        try:
            refuse(row)
        except OpaleError as refusal:
            if refused is None:
                raise
            refused[key(row)] = refusal
        else:
            found.append(row)
    return found


def change_tickets(
    tickets: Sequence[Ticket], fields: Callable[[Ticket], Mapping[str, Any]]
) -> None:
    """Write the given fields of each ticket, the same fields for all, and notify its readers. One
    statement where the values are the same, and one for all where they differ."""
    if not tickets:
        return
    at, wanted = clock.now(), [dict(fields(ticket)) for ticket in tickets]
    for ticket, values in zip(tickets, wanted, strict=True):
        for name, value in (values | {"updated_at": at}).items():
            setattr(ticket, name, value)
    if all(values == wanted[0] for values in wanted):
        keys = [ticket.pk for ticket in tickets]
        Ticket.objects.filter(pk__in=keys).update(**wanted[0], updated_at=at)
    else:
        names = [name.removesuffix("_id") for name in wanted[0]]
        update_rows(tickets, [*names, "updated_at"])
    notify_readers_of_tickets(tickets)


def notify_readers_of_tickets(tickets: Iterable[Ticket]) -> None:
    """Refresh the open pages of any of these tickets."""
    of: dict[int | None, list[str]] = defaultdict(list)
    for ticket in tickets:
        of[ticket.customer_id].append(ticket.live_topic)
    live_topics.touch_all({customer_id: [*topics, QUEUE] for customer_id, topics in of.items()})


def change_ticket(ticket: Ticket, **fields: Any) -> None:
    """Write these fields alone, in the row and in the object at hand, and notify readers."""
    fields["updated_at"] = clock.now()
    for name, value in fields.items():
        setattr(ticket, name, value)
    ticket.save(update_fields=list(fields))
    notify_readers(ticket)


def record_ticket_moves(
    move: str, sources: Mapping[int, str], target: str, *, by: Actor, at: datetime
) -> None:
    """Record a move of tickets, and announce it where their state changes."""
    record_moves(Ticket, move, sources, target, by=by, at=at)
    moved = tuple(key for key, state in sources.items() if state != target)
    if moved:
        announce(TicketsMoved(ticket_ids=moved, state=target, at=at), by=by)


def touch_ticket(ticket: Ticket) -> None:
    """Mark a ticket as changed when a record of it changed, so that an earlier reading is stale.

    Inside the transaction of the action that holds the ticket.
    """
    change_ticket(ticket)


def notify_readers(ticket: Ticket) -> None:
    """Refresh open pages, where nothing of the ticket itself has changed."""
    own = [f"own.person:{ticket.employee_id}"] if ticket.employee_id else []
    live_topics.publish(ticket.live_topic, QUEUE, *own, customer_id=ticket.customer_id)


def validate_trade_time(ticket: Ticket, at: datetime, *, field: str = "at") -> datetime:
    """Check that a trade time lies between the ticket's receipt and now.

    `field` is what the time is called where it was typed. Errors: Invalid.
    """
    if at < ticket.received_at:
        raise Invalid(**{field: _("This is before the ticket was received.")})
    if at > clock.now():
        raise Invalid(**{field: _("This time is in the future.")})
    return at
