"""How every action takes hold of its ticket, and tells the world that it changed."""

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
from opale.run.desk.models import DeskQuerySet, Sight, Ticket
from opale.run.desk.queries.links import merge_chain_of
from opale.run.desk.rights import WORK

QUEUE = "desk.queue"
T = TypeVar("T")


def lock_ticket(ticket: Ticket, *, by: Actor, right: str = WORK) -> Ticket:
    """The ticket as it stands now, locked until the end of the transaction.

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
    """The ticket under which this one goes on, locked: what is said to an old number follows.

    A merge or its undoing that ends while we wait is followed too; nothing else stays locked.
    `along` names what is read with it.
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
    """Lock the ticket where nobody else has and it was not merged: what every act asks first."""
    rows = Ticket.objects.visible_to(sight.actor).select_related(*along)
    return rows.select_for_update(of=("self",), skip_locked=True).filter(pk=key, merged_into=None)


def _present(ticket: Ticket) -> int:
    """The key of the ticket under which this one goes on, at this moment."""
    way = merge_chain_of(ticket.pk)
    if not way:
        raise NotFound
    return way[-1]


def lock_tickets(keys: Collection[int], *, by: Actor, right: str = WORK) -> dict[int, Ticket]:
    """The tickets of these keys as they stand now, locked in key order: two who hold several of the
    same wait for each other and never for good.

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
    """Why an act on many was refused by some of them, by their keys; the others go on."""


def lock_permitted_tickets(
    tickets: Iterable[Ticket], *, by: Actor, refused: Refusals | None = None, right: str = WORK
) -> list[Ticket]:
    """The tickets as they stand now, locked in key order. What is hidden or forbidden is noted in
    `refused`, or without it refuses all.

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
    """The tickets of which `refuse` says nothing; without `refused`, one refusal is for all."""
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
    """Write of each ticket the fields that are said of it, the same ones of all, and wake readers
    of it. One statement where the values are the same, and one for all where they differ."""
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
    """Let open pages look again at any of these tickets."""
    of: dict[int | None, list[str]] = defaultdict(list)
    for ticket in tickets:
        of[ticket.customer_id].append(f"desk.ticket:{ticket.pk}")
    live_topics.touch_all({customer_id: [*topics, QUEUE] for customer_id, topics in of.items()})


def change_ticket(ticket: Ticket, **fields: Any) -> None:
    """Write these fields alone, in the row and in the object at hand, and wake who looks at it."""
    fields["updated_at"] = clock.now()
    for name, value in fields.items():
        setattr(ticket, name, value)
    ticket.save(update_fields=list(fields))
    notify_readers(ticket)


def touch_ticket(ticket: Ticket) -> None:
    """Something that hangs on the ticket changed: whoever read the ticket before has read another.

    Inside the transaction of the action that holds the ticket.
    """
    change_ticket(ticket)


def notify_readers(ticket: Ticket) -> None:
    """Let open pages look again, where nothing of the ticket itself has changed."""
    own = [f"own.person:{ticket.employee_id}"] if ticket.employee_id else []
    live_topics.publish(f"desk.ticket:{ticket.pk}", QUEUE, *own, customer_id=ticket.customer_id)


def validate_trade_time(ticket: Ticket, at: datetime) -> datetime:
    """A trade time must lie between the ticket's receipt and now.

    Errors: Invalid.
    """
    if at < ticket.received_at:
        raise Invalid(at=_("This is before the ticket was received."))
    if at > clock.now():
        raise Invalid(at=_("This is in the future."))
    return at
