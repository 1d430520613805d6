"""Reading the desk: queues, the ticket with all that belongs to it, and its clocks."""

from datetime import datetime, timedelta
from typing import Literal, cast

from django.db.models import Exists, OuterRef, Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from opale.customers.queries import promises_of
from opale.kernel.actor import Actor
from opale.kernel.business_time import Pause as Stop
from opale.kernel.errors import NotFound
from opale.run.desk import clocks
from opale.run.desk.models import (
    Commitment,
    DeskQuerySet,
    Message,
    Pause,
    Ticket,
    TicketAlert,
)
from opale.run.desk.rights import CONSOLE
from opale.run.desk.states import OPEN_STATES, TicketState
from opale.run.events.states import AlertState as A
from opale.ui.palette import Result

View = Literal["triage", "mine", "due", "waiting", "open", "all"]
DUE_SOON = timedelta(hours=1)
COUNT_LIMIT = 1000
SHOWN = (
    "customer",
    "contact",
    "employee",
    "owner",
    "service__offering",
    "item__site",
    "plan_version__plan",
)


def get_ticket(number: int, *, seen_by: Actor) -> Ticket:
    """The ticket with what its page shows of it.

    Errors: NotFound, hidden and missing alike.
    """
    rows = Ticket.objects.visible_to(seen_by)
    if seen_by.can(CONSOLE):
        rows = rows.select_related(*SHOWN)
    ticket = rows.filter(number=number).first()
    if ticket is None:
        raise NotFound
    return ticket


def tickets_in(view: View, *, seen_by: Actor, at: datetime) -> DeskQuerySet[Ticket]:
    """The tickets of a view, those first that need somebody first."""
    tickets = Ticket.objects.visible_to(seen_by)
    if view == "triage":
        # Received and not yet taken: it has an owner, but nobody has looked at it.
        return tickets.filter(state=TicketState.NEW).order_by("priority", "received_at", "id")
    if view == "mine":
        return tickets.filter(
            owner_id=seen_by.person_id, state__in=[*OPEN_STATES, TicketState.RESOLVED]
        ).order_by("priority", "received_at", "id")
    if view == "due":
        due = Commitment.objects.filter(
            ticket=OuterRef("pk"), met_at=None, due_at__lt=at + DUE_SOON
        )
        return tickets.filter(Exists(due), state__in=OPEN_STATES).order_by(
            "priority", "received_at", "id"
        )
    if view == "waiting":
        return tickets.filter(state=TicketState.PENDING).order_by("priority", "received_at", "id")
    if view == "open":
        return tickets.filter(state__in=OPEN_STATES).order_by("priority", "received_at", "id")
    return tickets.order_by("-received_at", "-id")


def for_list(tickets: DeskQuerySet[Ticket]) -> DeskQuerySet[Ticket]:
    """What a line of a list shows: who, what, since when, and the clocks that run (`running`)."""
    running = Commitment.objects.filter(met_at=None, due_at__isnull=False).order_by("due_at")
    return tickets.select_related("customer", "owner").prefetch_related(
        Prefetch("commitments", queryset=running, to_attr="running")
    )


def counts(*, seen_by: Actor, at: datetime) -> dict[str, int]:
    """How many tickets each view holds, counted up to COUNT_LIMIT."""
    views: tuple[View, ...] = ("triage", "mine", "due", "waiting", "open")
    return {
        view: tickets_in(view, seen_by=seen_by, at=at).order_by()[:COUNT_LIMIT].count()
        for view in views
    }


def matching(tickets: DeskQuerySet[Ticket], text: str) -> DeskQuerySet[Ticket]:
    """Tickets by number (`T-48213`, `48213`) or by words of the subject."""
    wanted = text.strip()
    digits = wanted.upper().removeprefix("T-")
    if digits.isdigit() and len(digits) < 19:
        return tickets.filter(number=int(digits))
    return tickets.filter(subject__icontains=wanted)


def search(text: str, *, seen_by: Actor, limit: int = 20) -> list[Ticket]:
    """The newest tickets that match; see `matching`."""
    visible = Ticket.objects.visible_to(seen_by).select_related("customer")
    return list(matching(visible, text).order_by("-received_at", "-id")[:limit])


def messages_of(ticket: Ticket, *, seen_by: Actor) -> DeskQuerySet[Message]:
    """The messages that the actor may read: notes are for those who see the desk."""
    rows = Message.objects.visible_to(seen_by).filter(ticket=ticket)
    if not seen_by.can(CONSOLE):
        rows = rows.filter(visibility=Message.Visibility.PUBLIC)
    return rows


def clocks_of(ticket: Ticket) -> dict[clocks.Measure, clocks.Clock]:
    """The clocks that apply to a ticket, computed from its record against the plan of its day."""
    if ticket.customer is None:
        return {}
    record = record_of(ticket)
    running = {}
    for promise in promises_of(
        ticket.customer,
        ticket.service,
        version=ticket.plan_version,
        premium=ticket.premium,
        priority=ticket.priority,
        on=ticket.received_at.date(),
    ):
        measure = cast(clocks.Measure, promise.measure)
        found = clocks.clock(
            record,
            clocks.Promise(
                measure=measure,
                target=promise.target,
                coverage=promise.coverage,
                calendar=promise.calendar,
                source=promise.source,
            ),
        )
        if found is not None:
            running[measure] = found
    return running


def record_of(ticket: Ticket) -> clocks.Record:
    """The dated facts that the clocks read."""
    pauses = Pause.objects.filter(ticket=ticket).order_by("starts")
    return clocks.Record(
        received_at=ticket.received_at,
        kind=cast(Literal["request", "incident"], ticket.kind),
        acknowledged_at=ticket.acknowledged_at,
        restored_at=ticket.restored_at,
        withdrawn_at=ticket.closed_at if ticket.state == TicketState.CANCELLED else None,
        pauses=tuple(Stop(pause.starts, pause.ends, pause.kind) for pause in pauses),
    )


def proposed_restoration(ticket: Ticket) -> datetime | None:
    """When the last of the ticket's alerts ended: offered as the time of restoration.

    None while one still stands, when there is none, or when the restoration is already said.
    """
    if ticket.restored_at is not None or ticket.kind != "incident":
        return None
    alerts = list(
        TicketAlert.objects.filter(ticket=ticket).values_list(
            "alert__state", "alert__cleared_at", "alert__closed_at"
        )
    )
    if not alerts or any(state in (A.OPEN, A.ACKNOWLEDGED) for state, _, _ in alerts):
        return None
    ends = [cleared or closed for _, cleared, closed in alerts]
    return max((end for end in ends if end), default=None)


def due_next(*, seen_by: Actor, limit: int = 50) -> list[Commitment]:
    """What falls due next, overdue first, over all running tickets."""
    return list(
        Commitment.objects.visible_to(seen_by)
        .filter(met_at=None, due_at__isnull=False, ticket__state__in=OPEN_STATES)
        .select_related("ticket__customer", "ticket__owner")
        .order_by("due_at", "id")[:limit]
    )


def count_triage(actor: Actor) -> int | None:
    """How many tickets wait for a first look: the count of the rail."""
    rows = Ticket.objects.visible_to(actor).filter(state=TicketState.NEW)
    return rows[:COUNT_LIMIT].count() or None


def jumps(text: str, actor: Actor, limit: int) -> list[Result]:
    """What the command palette finds at the desk."""
    if len(text) < 2 or not actor.can(CONSOLE):
        return []
    return [
        Result(
            label=f"{ticket.reference} {ticket.subject}",
            url=reverse("desk_ticket", args=[ticket.number]),
            icon="headset",
            group=_("Tickets"),
            note=ticket.customer.name if ticket.customer else "",
        )
        for ticket in search(text, seen_by=actor, limit=limit)
    ]
