"""Records of a ticket that move when it is merged, and move back when that is undone."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Model, Q

from opale.kernel.actor import Actor
from opale.run.desk.models import (
    Assignment,
    Attachment,
    Commitment,
    ExternalReference,
    Intervention,
    Merge,
    Message,
    MessageMove,
    OfficialSentence,
    Participant,
    ProposedAnswer,
    Ticket,
    TicketAlert,
    TicketLink,
    TimeEntry,
    Watcher,
)
from opale.run.desk.states import RUNNING_ASSIGNMENTS

MOVED_RECORDS: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "attachments": (Attachment, ()),
    "alerts": (TicketAlert, ("alert_id",)),
    "references": (ExternalReference, ("party", "number")),
    "watchers": (Watcher, ("person_id", "contact_id")),
    "participants": (Participant, ("address",)),
    "times": (TimeEntry, ()),
    "answers": (ProposedAnswer, ()),
    "interventions": (Intervention, ()),
}
"""By the name under which a merge keeps their keys: the table, its unique columns on a ticket."""


def move_records(
    merge: Merge, ticket: Ticket, survivor: Ticket, *, by: Actor, at: datetime
) -> dict[str, list[int]]:
    """Move the records of a ticket to the survivor; return the keys of what moved, by name."""
    _carry_messages(merge, ticket, survivor, by=by, at=at)
    moved = {
        name: _carry_rows(model, once, ticket, survivor)
        for name, (model, once) in MOVED_RECORDS.items()
    }
    moved["assignments"] = _carry_assignments(ticket, survivor)
    _with_their_clocks(moved["assignments"], survivor)
    moved["sentences"] = _carry_sentences(ticket, survivor)
    return moved | _carry_links(ticket, survivor)


def move_records_back(merge: Merge, ticket: Ticket, way: Collection[int], *, at: datetime) -> None:
    """Move back the records that came with the merge and still belong to the merged tickets."""
    moves = MessageMove.objects.filter(merge=merge, undone_at=None)
    theirs = list(moves.filter(message__ticket__in=way).values_list("message_id", flat=True))
    _hang(Message, theirs, ticket.pk, ticket.customer_id)
    moves.update(undone_at=at)
    rows = merge.before["rows"]
    for name, (model, _once) in MOVED_RECORDS.items():
        here = model._default_manager.filter(pk__in=rows.get(name, ()), ticket__in=way)
        _hang(model, list(here.values_list("pk", flat=True)), ticket.pk, ticket.customer_id)
    asked = Assignment.objects.filter(pk__in=rows["assignments"], ticket__in=way)
    _hang(Assignment, list(asked.values_list("pk", flat=True)), ticket.pk, ticket.customer_id)
    _with_their_clocks(rows["assignments"], ticket)
    said = OfficialSentence.objects.filter(pk__in=rows.get("sentences", ()), ticket__in=way)
    _hang(OfficialSentence, list(said.values_list("pk", flat=True)), ticket.pk, ticket.customer_id)
    links = TicketLink.objects
    links.filter(pk__in=rows["links"], ticket__in=way).update(ticket=ticket)
    links.filter(pk__in=rows["linked"], other__in=way).update(other=ticket)


def _carry_sentences(ticket: Ticket, survivor: Ticket) -> list[int]:
    """Carry over the official sentences, unless the survivor has its own."""
    if OfficialSentence.objects.filter(ticket=survivor).exists():
        return []
    return _carry_rows(OfficialSentence, (), ticket, survivor)


def _carry_messages(
    merge: Merge, ticket: Ticket, survivor: Ticket, *, by: Actor, at: datetime
) -> None:
    keys = list(Message.objects.filter(ticket=ticket).values_list("pk", flat=True))
    MessageMove.objects.bulk_create(
        MessageMove(
            message_id=key,
            customer_id=survivor.customer_id,
            origin=ticket,
            target=survivor,
            merge=merge,
            actor=by.key,
            actor_name=by.name,
            at=at,
        )
        for key in keys
    )
    _hang(Message, keys, survivor.pk, survivor.customer_id)


def _carry_rows(
    model: type[Model], once: tuple[str, ...], ticket: Ticket, survivor: Ticket
) -> list[int]:
    rows = model._default_manager
    there = set(rows.filter(ticket=survivor).values_list(*once)) if once else set()
    keys = [
        row[0]
        for row in rows.filter(ticket=ticket).values_list("pk", *once)
        if row[1:] not in there or not once
    ]
    _hang(model, keys, survivor.pk, survivor.customer_id)
    return keys


def _carry_assignments(ticket: Ticket, survivor: Ticket) -> list[int]:
    """Move the assignments, except those of a team that already works on the survivor."""
    running = Assignment.objects.filter(state__in=RUNNING_ASSIGNMENTS)
    there = set(running.filter(ticket=survivor).values_list("team_id", "supplier_id"))
    keys = [
        asked.pk
        for asked in Assignment.objects.filter(ticket=ticket)
        if asked.state not in RUNNING_ASSIGNMENTS or (asked.team_id, asked.supplier_id) not in there
    ]
    _hang(Assignment, keys, survivor.pk, survivor.customer_id)
    return keys


def _hang(model: type[Model], keys: list[int], ticket_id: int, customer_id: int | None) -> None:
    rows = model._default_manager.filter(pk__in=keys)
    rows.update(ticket_id=ticket_id, customer_id=customer_id)


def _with_their_clocks(assignments: list[int], ticket: Ticket) -> None:
    rows = Commitment.objects.filter(assignment__in=assignments, assignment__ticket=ticket)
    rows.update(ticket=ticket, customer_id=ticket.customer_id)


def _carry_links(ticket: Ticket, survivor: Ticket) -> dict[str, list[int]]:
    """Move the links, except those between the two, those there already, and a second parent."""
    there = TicketLink.objects.filter(Q(ticket=survivor) | Q(other=survivor))
    known = {(link.kind, link.ticket_id, link.other_id) for link in there}
    moved: dict[str, list[int]] = {"links": [], "linked": []}
    for link in TicketLink.objects.filter(Q(ticket=ticket) | Q(other=ticket)):
        outward = link.ticket_id == ticket.pk
        other = link.other_id if outward else link.ticket_id
        wanted = (survivor.pk, other) if outward else (other, survivor.pk)
        parent = outward and link.kind == TicketLink.Kind.CHILD_OF
        if other == survivor.pk or parent or (link.kind, *wanted) in known:
            continue
        changed: dict[str, Any] = {"ticket" if outward else "other": survivor}
        if outward:
            changed["customer_id"] = survivor.customer_id
        TicketLink.objects.filter(pk=link.pk).update(**changed)
        moved["links" if outward else "linked"].append(link.pk)
    return moved
