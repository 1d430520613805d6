"""Merged tickets and their survivors, moved messages, and links between tickets."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.run.desk.models import Merge, Message, MessageMove, Ticket, TicketAlert, TicketLink
from opale.run.desk.states import ENDED_STATES

_WAY = """
    WITH RECURSIVE way(id, next, step) AS (
        SELECT id, merged_into_id, 0 FROM desk_ticket WHERE id = %s
        UNION
        SELECT ticket.id, ticket.merged_into_id, way.step + 1
        FROM way JOIN desk_ticket AS ticket ON ticket.id = way.next
    )
    SELECT id FROM way ORDER BY step
"""
_ABSORBED = """
    WITH RECURSIVE gone(survivor, id, at) AS (
        SELECT into_id, ticket_id, at FROM desk_merge
        WHERE undone_at IS NULL AND into_id = ANY (%s)
        UNION
        SELECT gone.survivor, merge.ticket_id, merge.at
        FROM gone JOIN desk_merge AS merge ON merge.into_id = gone.id AND merge.undone_at IS NULL
    )
    SELECT survivor, id, at FROM gone
"""


def merge_chain_of(ticket_id: int) -> list[int]:
    """Return the keys of a ticket, of the one it was merged into, and so on to the survivor."""
    with connection.cursor() as cursor:
        cursor.execute(_WAY, [ticket_id])
        return [row[0] for row in cursor.fetchall()]


def get_surviving_ticket(number: int, *, seen_by: Actor) -> Ticket:
    """Return the ticket that this number leads to: itself, or the one that it was merged into.

    Errors: NotFound, hidden and missing alike.
    """
    asked = Ticket.objects.visible_to(seen_by).filter(number=number).first()
    if asked is None:
        raise NotFound
    if asked.merged_into_id is None:
        return asked
    found = Ticket.objects.visible_to(seen_by).filter(pk=merge_chain_of(asked.pk)[-1]).first()
    if found is None:
        raise NotFound
    return found


def tickets_merged_into(ticket_ids: Collection[int]) -> list[tuple[int, Ticket, datetime]]:
    """Return each ticket merged into one of these, directly or not: the key of the survivor, the
    merged ticket, and when it was merged."""
    with connection.cursor() as cursor:
        cursor.execute(_ABSORBED, [list(ticket_ids)])
        rows = cursor.fetchall()
    if not rows:
        return []
    tickets = Ticket.objects.in_bulk([row[1] for row in rows])
    return [(survivor, tickets[pk], merged_at) for survivor, pk, merged_at in rows]


def merges_of(ticket: Ticket, *, seen_by: Actor) -> QuerySet[Merge]:
    """Return the merges into a ticket that were not undone, the newest first."""
    rows = Merge.objects.visible_to(seen_by).filter(into=ticket, undone_at=None)
    return rows.select_related("ticket").order_by("-at", "-id")


def get_merge(merge_id: int, *, seen_by: Actor) -> Merge:
    """Errors: NotFound."""
    rows = Merge.objects.visible_to(seen_by).select_related("ticket", "into")
    found = rows.filter(pk=merge_id).first()
    if found is None:
        raise NotFound
    return found


def get_message_move(move_id: int, *, seen_by: Actor) -> MessageMove:
    """Return the move or copy of a message. Errors: NotFound."""
    rows = MessageMove.objects.visible_to(seen_by).select_related("origin", "target")
    found = rows.filter(pk=move_id).first()
    if found is None:
        raise NotFound
    return found


def message_moves_of(ticket: Ticket, *, seen_by: Actor) -> QuerySet[MessageMove]:
    """Return the moves of messages to or from a ticket that were not undone, the newest first."""
    rows = MessageMove.objects.visible_to(seen_by).filter(Q(origin=ticket) | Q(target=ticket))
    return rows.filter(undone_at=None).select_related("origin", "target").order_by("-at", "-id")


@dataclass(frozen=True, slots=True)
class Split:
    """The ticket that was split off, and the instant at which its messages came."""

    ticket_id: int
    at: datetime


def split_of(ticket: Ticket) -> Split | None:
    """Return the split that created a ticket: messages came with a link at that instant.

    The link may have been removed since: its history still says when it was made.
    """
    former = TicketLink._meta.get_field("former").related_model
    found: list[datetime] = []
    for links in (TicketLink.objects.all(), former._default_manager.filter(pgh_label="delete")):
        related = links.filter(ticket=ticket.pk, kind=TicketLink.Kind.RELATED_TO)
        found += related.filter(Exists(_came_with_link())).values_list("at", flat=True)
    return Split(ticket.pk, min(found)) if found else None


def message_moves_of_split(split: Split) -> QuerySet[MessageMove]:
    """Return the messages that a split moved or copied, without those moved back."""
    rows = MessageMove.objects.filter(target=split.ticket_id, at=split.at)
    return rows.filter(merge=None, undone_at=None).select_related("message").order_by("pk")


def _came_with_link() -> QuerySet[MessageMove]:
    return MessageMove.objects.filter(target=OuterRef("ticket"), at=OuterRef("at"), merge=None)


@dataclass(frozen=True, slots=True)
class DirectedLink:
    """A link as one of its two tickets shows it; `outward` when it is read from that one."""

    link: TicketLink
    ticket: Ticket
    outward: bool


def directed_links_of(ticket: Ticket, *, seen_by: Actor) -> list[DirectedLink]:
    """Return the links of a ticket in both directions, parents first, then children, then the
    others."""
    rows = TicketLink.objects.filter(Q(ticket=ticket) | Q(other=ticket))
    seen = Ticket.objects.visible_to(seen_by).values("pk")
    rows = rows.filter(ticket__in=seen, other__in=seen)
    ties = [
        DirectedLink(link, link.other, True)
        if link.ticket_id == ticket.pk
        else DirectedLink(link, link.ticket, False)
        for link in rows.select_related("ticket__customer", "other__customer")
    ]
    child_of = TicketLink.Kind.CHILD_OF
    return sorted(
        ties,
        key=lambda tie: (tie.link.kind != child_of, not tie.outward, tie.link.kind, tie.link.pk),
    )


def get_link(link_id: int, *, seen_by: Actor) -> TicketLink:
    """Errors: NotFound, also where one of the two tickets is hidden."""
    seen = Ticket.objects.visible_to(seen_by).values("pk")
    rows = TicketLink.objects.filter(pk=link_id, ticket__in=seen, other__in=seen)
    found = rows.select_related("ticket", "other").first()
    if found is None:
        raise NotFound
    return found


def children_of(ticket: Ticket, *, seen_by: Actor) -> list[Ticket]:
    """Return the running children of a ticket, by number."""
    rows = Ticket.objects.visible_to(seen_by).filter(
        links__kind=TicketLink.Kind.CHILD_OF, links__other=ticket
    )
    rows = rows.exclude(state__in=ENDED_STATES).select_related(
        "customer", "contact", "employee", "service", "owner"
    )
    return list(rows.order_by("number"))


def get_attached(alert_id: int, *, seen_by: Actor, ticket: Ticket) -> TicketAlert:
    """Return the link of the ticket to an alert. Errors: NotFound."""
    links = TicketAlert.objects.visible_to(seen_by).filter(ticket=ticket, alert_id=alert_id)
    found = links.select_related("ticket", "alert").first()
    if found is None:
        raise NotFound
    return found


def get_message(message_id: int, *, seen_by: Actor) -> Message:
    """Errors: NotFound."""
    seen = Ticket.objects.visible_to(seen_by).values("pk")
    rows = Message.objects.visible_to(seen_by).filter(pk=message_id, ticket__in=seen)
    found = rows.select_related("ticket").first()
    if found is None:
        raise NotFound
    return found


def get_messages(ticket: Ticket, message_ids: Collection[int], *, seen_by: Actor) -> list[Message]:
    """Return these messages of a ticket. Errors: NotFound (one of them is missing)."""
    rows = Message.objects.visible_to(seen_by).filter(ticket=ticket, pk__in=message_ids)
    found = list(rows)
    if len(found) != len(set(message_ids)):
        raise NotFound
    return found
