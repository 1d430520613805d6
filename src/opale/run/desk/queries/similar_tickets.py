"""Running tickets that may have the same cause as a new one. Source: docs/rules/triage.md."""

from dataclasses import dataclass
from typing import Literal

from django.db import connection
from django.db.models import F, FloatField, Func, Q, Value

from opale.kernel.actor import Actor
from opale.run.desk.models import DeskQuerySet, Kind, Ticket, TicketLink
from opale.run.desk.states import OPEN_STATES
from opale.run.events.models import Alert

SHOWN = 6
MOST_ITEMS = 500
DEPTH = 8
SUBJECTS_ALIKE = 0.3


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """The known facts of a ticket, or of one that is being written. What was ordered from the
    request catalogue is no trouble: no incident is the same, nor is an order that of an
    incident."""

    subject: str = ""
    customer_id: int | None = None
    service_id: int | None = None
    item_id: int | None = None
    ticket_id: int | None = None
    ordered: bool = False
    incident: bool = False

    @classmethod
    def of(cls, ticket: Ticket) -> "TicketDraft":
        return cls(
            ticket.subject,
            ticket.customer_id,
            ticket.service_id,
            ticket.item_id,
            ticket.pk,
            ordered=ticket.request_type_id is not None and ticket.kind == Kind.REQUEST,
            incident=ticket.kind == Kind.INCIDENT,
        )


Why = Literal["item", "below", "service", "subject"]
Offer = Literal["merge", "child", ""]


@dataclass(frozen=True, slots=True)
class Similar:
    """A running ticket that may have the same cause, the reason, and the offer: to merge into it,
    or to become its child. `found` is its child that matched, where a family is offered."""

    ticket: Ticket
    why: Why
    offer: Offer
    found: Ticket | None = None


def similar_to(draft: TicketDraft, *, seen_by: Actor) -> list[Similar]:
    """Return the running tickets on the same item, on one that the item or the service needs, on
    the same service, or of the same customer with a similar subject; the strongest reason first."""
    below = _stands_on(draft)
    found: dict[int, Similar] = {}
    if below:
        for ticket in _running(seen_by, draft).filter(item__in=below).order_by("priority", "id"):
            if ticket.customer_id == draft.customer_id or ticket.kind == Kind.INCIDENT:
                why: Why = "item" if ticket.item_id == draft.item_id else "below"
                found.setdefault(ticket.pk, Similar(ticket, why, _offer(ticket, draft)))
            if len(found) >= SHOWN:
                break
    for ticket in _of_customer(draft, seen_by):
        why = "service" if draft.service_id and ticket.service_id == draft.service_id else "subject"
        found.setdefault(ticket.pk, Similar(ticket, why, _offer(ticket, draft)))
    order = {"item": 0, "below": 1, "service": 2, "subject": 3}
    ranked = sorted(found.values(), key=lambda one: (order[one.why], one.ticket.pk))[:SHOWN]
    return _by_family(ranked, _linked(draft), seen_by)


def similar_to_alert(alert: Alert, *, seen_by: Actor) -> list[Similar]:
    """Return the running incidents to which an alert may belong."""
    draft = TicketDraft(
        alert.title, alert.customer_id, alert.service_id, alert.item_id, incident=True
    )
    return [one for one in similar_to(draft, seen_by=seen_by) if one.why != "subject"]


def _running(seen_by: Actor, draft: TicketDraft) -> DeskQuerySet[Ticket]:
    rows = Ticket.objects.visible_to(seen_by).filter(state__in=sorted(OPEN_STATES))
    if draft.ordered:
        rows = rows.exclude(kind=Kind.INCIDENT)
    if draft.incident:
        rows = rows.exclude(kind=Kind.REQUEST, request_type__isnull=False)
    return rows.exclude(pk__in=_linked(draft)).select_related("customer", "owner")


def _linked(draft: TicketDraft) -> set[int]:
    """Return the ticket itself, what it is linked to in any way, and its siblings: no relation to
    them is proposed again."""
    if draft.ticket_id is None:
        return set()
    child = TicketLink.Kind.CHILD_OF
    parents = TicketLink.objects.filter(kind=child, ticket=draft.ticket_id).values("other")
    linked = TicketLink.objects.filter(
        Q(ticket=draft.ticket_id) | Q(other=draft.ticket_id) | Q(kind=child, other__in=parents)
    )
    pairs = linked.values_list("ticket", "other")
    return {draft.ticket_id, *(key for pair in pairs for key in pair)}


def _of_customer(draft: TicketDraft, seen_by: Actor) -> list[Ticket]:
    if draft.customer_id is None:
        return []
    likeness = Func(
        F("subject"), Value(draft.subject), function="similarity", output_field=FloatField()
    )
    alike = Q(likeness__gte=SUBJECTS_ALIKE)
    if draft.service_id:
        alike |= Q(service_id=draft.service_id)
    rows = _running(seen_by, draft).filter(customer_id=draft.customer_id)
    return list(rows.annotate(likeness=likeness).filter(alike).order_by("-likeness", "id")[:SHOWN])


def _offer(ticket: Ticket, draft: TicketDraft) -> Offer:
    if draft.customer_id is None or ticket.customer_id == draft.customer_id:
        return "merge"
    return "child" if ticket.kind == Kind.INCIDENT else ""


def _by_family(found: list[Similar], linked: set[int], seen_by: Actor) -> list[Similar]:
    """Replace each found ticket of another customer that is a child already by its parent, and
    leave it out where that one is `linked` already."""
    children = [one.ticket.pk for one in found if one.offer == "child"]
    if not children:
        return found
    links = TicketLink.objects.filter(kind=TicketLink.Kind.CHILD_OF, ticket__in=children)
    seen = Ticket.objects.visible_to(seen_by).values("pk")
    parents = {
        link.ticket_id: link.other
        for link in links.filter(other__in=seen, other__state__in=OPEN_STATES).select_related(
            "other__customer", "other__owner"
        )
    }
    offered: dict[int, Similar] = {}
    for one in found:
        parent = parents.get(one.ticket.pk)
        if parent is not None and parent.pk in linked:
            continue
        shown = Similar(parent, one.why, "child", one.ticket) if parent else one
        offered.setdefault(shown.ticket.pk, shown)
    return list(offered.values())


_BELOW = """
    WITH RECURSIVE below(item_id, depth) AS (
        SELECT item_id, 0 FROM infrastructure_serviceitem WHERE service_id = %(service)s
        UNION
        SELECT %(item)s::bigint, 0 WHERE %(item)s::bigint IS NOT NULL
        UNION
        SELECT link.lower_id, below.depth + 1
        FROM below JOIN infrastructure_dependency AS link ON link.upper_id = below.item_id
        WHERE below.depth < %(depth)s
    )
    SELECT DISTINCT item_id FROM below LIMIT %(limit)s
"""


def _stands_on(draft: TicketDraft) -> list[int]:
    if draft.service_id is None and draft.item_id is None:
        return []
    wanted = {
        "service": draft.service_id,
        "item": draft.item_id,
        "depth": DEPTH,
        "limit": MOST_ITEMS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BELOW, wanted)
        return [row[0] for row in cursor.fetchall()]
