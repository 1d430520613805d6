"""Records of a ticket that move when it is merged, and move back when that is undone.

Source: docs/rules/merge-and-links.md, "Merging".
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Q

from opale.kernel.actor import Actor
from opale.run.desk.models import (
    Assignment,
    Commitment,
    Merge,
    Message,
    MessageMove,
    Ticket,
    TicketLink,
)
from opale.run.desk.ports import Moves, TicketRecord, ticket_records
from opale.run.desk.states import RUNNING_ASSIGNMENTS


def move_records(merge: Merge, *, by: Actor, at: datetime) -> dict[str, Any]:
    """Move the records of a ticket to the one that it is merged into; return what moved, by table,
    as the merge keeps it."""
    return {
        record.model._meta.label_lower: record.on_merge.move(record, merge, by=by, at=at)
        for record in ticket_records()
        if record.on_merge is not None
    }


def move_records_back(merge: Merge, way: Collection[int], *, at: datetime) -> None:
    """Move back the records that came with the merge and still belong to the merged tickets."""
    for record in ticket_records():
        moved = merge.before["rows"].get(record.model._meta.label_lower)
        if record.on_merge is not None and moved:
            record.on_merge.move_back(record, merge, moved, way, at=at)


class MessagesMove:
    """Messages follow, with a dated record of the move."""

    def move(self, record: TicketRecord, merge: Merge, *, by: Actor, at: datetime) -> list[int]:
        keys = list(Message.objects.filter(ticket=merge.ticket_id).values_list("pk", flat=True))
        MessageMove.objects.bulk_create(
            MessageMove(
                message_id=key,
                customer_id=merge.into.customer_id,
                origin=merge.ticket,
                target=merge.into,
                merge=merge,
                actor=by.key,
                actor_name=by.name,
                at=at,
            )
            for key in keys
        )
        record.attach(keys, merge.into)
        return keys

    def move_back(
        self, record: TicketRecord, merge: Merge, moved: Any, way: Collection[int], *, at: datetime
    ) -> None:
        moves = MessageMove.objects.filter(merge=merge, undone_at=None)
        theirs = moves.filter(message__ticket__in=way).values_list("message_id", flat=True)
        record.attach(list(theirs), merge.ticket)
        moves.update(undone_at=at)


class AssignmentsMove(Moves):
    """Assignments follow with their clocks, except those of a team that already works there."""

    def move(self, record: TicketRecord, merge: Merge, *, by: Actor, at: datetime) -> list[int]:
        running = Assignment.objects.filter(state__in=RUNNING_ASSIGNMENTS)
        there = set(running.filter(ticket=merge.into_id).values_list("team_id", "supplier_id"))
        keys = [
            asked.pk
            for asked in Assignment.objects.filter(ticket=merge.ticket_id)
            if asked.state not in RUNNING_ASSIGNMENTS
            or (asked.team_id, asked.supplier_id) not in there
        ]
        record.attach(keys, merge.into)
        _with_their_clocks(keys, merge.into)
        return keys

    def move_back(
        self, record: TicketRecord, merge: Merge, moved: Any, way: Collection[int], *, at: datetime
    ) -> None:
        super().move_back(record, merge, moved, way, at=at)
        _with_their_clocks(moved, merge.ticket)


class FirstMoves(Moves):
    """Rows follow unless the other ticket has some of its own."""

    def move(self, record: TicketRecord, merge: Merge, *, by: Actor, at: datetime) -> list[int]:
        if record.model._default_manager.filter(ticket=merge.into_id).exists():
            return []
        return super().move(record, merge, by=by, at=at)


class LinksMove:
    """Links follow by either end, except those between the two, those there already, and a second
    parent."""

    def move(
        self, record: TicketRecord, merge: Merge, *, by: Actor, at: datetime
    ) -> dict[str, list[int]]:
        ticket, survivor = merge.ticket, merge.into
        there = TicketLink.objects.filter(Q(ticket=survivor) | Q(other=survivor))
        known = {(link.kind, link.ticket_id, link.other_id) for link in there}
        moved: dict[str, list[int]] = {"ticket": [], "other": []}
        for link in TicketLink.objects.filter(Q(ticket=ticket) | Q(other=ticket)):
            outward = link.ticket_id == ticket.pk
            other = link.other_id if outward else link.ticket_id
            wanted = (survivor.pk, other) if outward else (other, survivor.pk)
            parent = outward and link.kind == TicketLink.Kind.CHILD_OF
            if other == survivor.pk or parent or (link.kind, *wanted) in known:
                continue
            if outward:
                record.attach([link.pk], survivor)
            else:
                TicketLink.objects.filter(pk=link.pk).update(other=survivor)
            moved["ticket" if outward else "other"].append(link.pk)
        return moved

    def move_back(
        self, record: TicketRecord, merge: Merge, moved: Any, way: Collection[int], *, at: datetime
    ) -> None:
        links = TicketLink.objects
        links.filter(pk__in=moved["ticket"], ticket__in=way).update(ticket=merge.ticket)
        links.filter(pk__in=moved["other"], other__in=way).update(other=merge.ticket)


def _with_their_clocks(assignments: list[int], ticket: Ticket) -> None:
    rows = Commitment.objects.filter(assignment__in=assignments, assignment__ticket=ticket)
    rows.update(ticket=ticket, customer_id=ticket.customer_id)
