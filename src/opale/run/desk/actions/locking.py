"""How every action takes hold of its ticket, and tells the world that it changed."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from opale.kernel import changes, clock
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.run.desk.models import Ticket
from opale.run.desk.queries import way_of
from opale.run.desk.rights import WORK

QUEUE = "desk.queue"


def hold_ticket(ticket: Ticket, *, by: Actor, right: str = WORK) -> Ticket:
    """The ticket as it stands now, locked until the end of the transaction.

    Errors: NotFound (hidden or missing), NotAllowed.
    """
    held = (
        Ticket.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=ticket.pk).first()
    )
    if held is None:
        raise NotFound
    if not Ticket.objects.within(by, right).filter(pk=held.pk).exists():
        raise NotAllowed
    return held


def hold_present(ticket: Ticket, *, by: Actor, right: str = WORK) -> Ticket:
    """The ticket under which this one goes on, locked: what is said to an old number follows.

    A merge or its undoing that ends while we wait is followed too; nothing else stays locked.
    Errors: NotFound (hidden or missing), NotAllowed.
    """
    while True:
        place = transaction.savepoint()
        held = hold_ticket(Ticket(pk=_present(ticket)), by=by, right=right)
        if _present(ticket) == held.pk:
            transaction.savepoint_commit(place)
            return held
        transaction.savepoint_rollback(place)


def _present(ticket: Ticket) -> int:
    """The key of the ticket under which this one goes on, at this moment."""
    way = way_of(ticket.pk)
    if not way:
        raise NotFound
    return way[-1]


def hold_tickets(keys: Collection[int], *, by: Actor, right: str = WORK) -> dict[int, Ticket]:
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


def change_ticket(ticket: Ticket, **fields: Any) -> None:
    """Write these fields alone, in the row and in the object at hand, and wake who looks at it."""
    fields["updated_at"] = clock.now()
    Ticket.objects.filter(pk=ticket.pk).update(**fields)
    for name, value in fields.items():
        setattr(ticket, name, value)
    wake_readers(ticket)


def announce_change(ticket: Ticket) -> None:
    """Something that hangs on the ticket changed: whoever read the ticket before has read another.

    Inside the transaction of the action that holds the ticket.
    """
    change_ticket(ticket)


def wake_readers(ticket: Ticket) -> None:
    """Let open pages look again, where nothing of the ticket itself has changed."""
    changes.touch(f"desk.ticket:{ticket.pk}", QUEUE, customer_id=ticket.customer_id)


def in_its_time(ticket: Ticket, at: datetime) -> datetime:
    """A trade time must lie between the ticket's receipt and now.

    Errors: Invalid.
    """
    if at < ticket.received_at:
        raise Invalid(at=_("This is before the ticket was received."))
    if at > clock.now():
        raise Invalid(at=_("This is in the future."))
    return at
