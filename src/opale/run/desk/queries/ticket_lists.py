"""The queues of the desk, and the tickets that fall due."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from django.db.models import (
    Exists,
    OuterRef,
    Prefetch,
    Subquery,
)

from opale.customers.models import Customer, Service
from opale.infrastructure.models import ConfigurationItem
from opale.kernel.actor import Actor
from opale.kernel.capped_counts import CountStatement
from opale.kernel.errors import NotFound
from opale.kernel.reference_cache import cached
from opale.run.desk.models import (
    Commitment,
    DeskQuerySet,
    News,
    ProposedAnswer,
    Ticket,
    TicketAlert,
)
from opale.run.desk.queries.answers import FOR_THE_OWNER
from opale.run.desk.queries.assignments import WorkView, work_to_accept
from opale.run.desk.states import ENDED_STATES, OPEN_STATES, WAITING_STATES, TicketState
from opale.run.events.models import Alert

View = Literal["triage", "mine", "due", "late", "waiting", "open", "all"]
DUE_SOON = timedelta(hours=1)
COUNT_LIMIT = 100
"""One more than the highest number shown: the rest is "99+"."""
NEWEST: Final = ("-received_at", "-id")
MOST_DEADLINES: Final = 6
"""Running deadlines that a ticket has at most, with those of its escalations, as a rule."""
NO_STREAM = "none"
"""Tickets without a stream yet."""


def tickets_in(
    view: View, *, seen_by: Actor, at: datetime, stream: str = ""
) -> DeskQuerySet[Ticket]:
    """Return the tickets of a view, of one stream or of all; `in_order` sorts the workable ones."""
    tickets = Ticket.objects.visible_to(seen_by)
    if stream:
        tickets = tickets.filter(stream="" if stream == NO_STREAM else stream)
    return in_view(view, tickets, seen_by=seen_by, at=at)


def in_view(
    view: View, tickets: DeskQuerySet[Ticket], *, seen_by: Actor, at: datetime
) -> DeskQuerySet[Ticket]:
    """Filter tickets by a view; "due" are those that fall due within the hour, "late" those that
    should have been done: by the minute, so that every count of a minute is the same."""
    minute = at.replace(second=0, microsecond=0)
    if view == "triage":
        # Received and not acknowledged yet: it has an owner, but no agent has looked at it.
        return tickets.filter(state=TicketState.NEW)
    if view == "mine":
        running = [*OPEN_STATES, TicketState.RESOLVED]
        return tickets.filter(owner_id=seen_by.person_id, state__in=running)
    if view == "due":
        soon = {"next_due_at__gte": minute, "next_due_at__lt": minute + DUE_SOON}
        return tickets.filter(**soon, state__in=OPEN_STATES)
    if view == "late":
        return tickets.filter(next_due_at__lt=minute, state__in=OPEN_STATES)
    if view == "waiting":
        return tickets.filter(state__in=WAITING_STATES)
    if view == "open":
        return tickets.filter(state__in=OPEN_STATES)
    return tickets


def newest_tickets(*, seen_by: Actor, size: int) -> list[Ticket]:
    """Return the newest of all tickets that the actor sees: the most frequent request of
    programs."""
    return list(Ticket.objects.visible_to(seen_by).order_by(*NEWEST)[:size])


def with_columns(tickets: DeskQuerySet[Ticket], **columns: Any) -> DeskQuerySet[Ticket]:
    """Filter tickets by the values of named columns."""
    return tickets.filter(**columns)


def with_list_columns(tickets: DeskQuerySet[Ticket]) -> DeskQuerySet[Ticket]:
    """Add the columns of a list line: customer, subject, age, and the nearest clock (`running`).

    `to_owner` is whether an answer waits for the owner, or went out in the owner's name, `has_news`
    whether a message came since the owner looked.
    """
    return with_list_annotations(tickets).prefetch_related(running_clocks())


def running_clocks() -> "Prefetch[Any]":
    """Return the prefetch of each ticket's nearest running clock, which its line shows."""
    running = Commitment.objects.filter(met_at=None, due_at__isnull=False)
    nearest = running.order_by("ticket_id", "due_at", "id").distinct("ticket_id")
    return Prefetch("commitments", queryset=nearest, to_attr="running")


def with_list_annotations(tickets: DeskQuerySet[Ticket]) -> DeskQuerySet[Ticket]:
    """Annotate the tickets with the columns of a line, without its clocks (`for_list`)."""
    answers = ProposedAnswer.objects.filter(FOR_THE_OWNER, ticket=OuterRef("pk"))
    return tickets.select_related("customer", "owner").annotate(
        to_owner=Exists(answers),
        has_news=Exists(News.objects.filter(ticket=OuterRef("pk"))),
    )


COUNTED: tuple[View, ...] = ("triage", "mine", "due", "late", "waiting", "open")
COUNTED_WORK: tuple[WorkView, ...] = ("level-2", "level-3")


def counts(*, seen_by: Actor, at: datetime) -> dict[str, int]:
    """Count the tickets of each view and the unaccepted work of each level, up to COUNT_LIMIT.
    "Due" means within an hour of the present minute."""
    counted = _counting(seen_by, at.replace(second=0, microsecond=0)).ask()
    return dict(zip([*COUNTED, *COUNTED_WORK], counted, strict=True))


@cached(200)
def _counting(seen_by: Actor, minute: datetime) -> CountStatement:
    tickets = Ticket.objects.visible_to(seen_by)
    lists = [in_view(view, tickets, seen_by=seen_by, at=minute) for view in COUNTED]
    work = [work_to_accept(view, seen_by=seen_by) for view in COUNTED_WORK]
    return CountStatement.of([*lists, *work], COUNT_LIMIT)


def tickets_with_numbers(numbers: Sequence[int], *, seen_by: Actor) -> list[Ticket]:
    """Return the tickets of these numbers, the oldest first. Errors: NotFound (one of them)."""
    rows = Ticket.objects.visible_to(seen_by).filter(number__in=numbers)
    found = list(rows.select_related("customer", "owner").order_by("received_at", "id"))
    if len(found) != len(set(numbers)):
        raise NotFound
    return found


def due_next(*, seen_by: Actor, limit: int = 50) -> list[Commitment]:
    """Return the commitments due next of all running tickets, overdue ones first."""
    # The state is tested per row: the planner, which believes that few of a million tickets
    # are open, would otherwise read and sort all of these, where the first rows are enough.
    state = Ticket.objects.filter(pk=OuterRef("ticket")).values("state")
    running = Commitment.objects.visible_to(seen_by).alias(state=Subquery(state))
    running = running.filter(met_at=None, due_at__isnull=False, state__in=OPEN_STATES)
    rows = running.select_related("ticket__customer", "ticket__owner")
    return list(rows.order_by("due_at", "id")[:limit])


def nearest_deadlines(*, seen_by: Actor, limit: int) -> list[Commitment]:
    """Return the nearest deadline of each ticket, of the tickets that are due next."""
    nearest: dict[int, Commitment] = {}
    for row in due_next(seen_by=seen_by, limit=limit * MOST_DEADLINES):
        nearest.setdefault(row.ticket_id, row)
    return list(nearest.values())[:limit]


def untriaged_tickets(actor: Actor) -> DeskQuerySet[Ticket]:
    """Return the untriaged tickets: the count of the rail."""
    return Ticket.objects.visible_to(actor).filter(state=TicketState.NEW)


def incidents_of(alert: Alert, *, seen_by: Actor) -> DeskQuerySet[Ticket]:
    """Return the tickets linked to an alert, the newest first."""
    found = Ticket.objects.visible_to(seen_by).filter(alert_links__alert=alert)
    return found.select_related("owner").order_by("-id")[:10]


def links_of(alert: Alert, *, seen_by: Actor) -> DeskQuerySet[TicketAlert]:
    """Return the links of an alert to tickets, each with its date, the newest first."""
    found = TicketAlert.objects.visible_to(seen_by).filter(alert=alert)
    return found.select_related("ticket").order_by("-linked_at", "-id")


def running_links_of(alert_ids: Collection[int], *, seen_by: Actor) -> DeskQuerySet[TicketAlert]:
    """Return the links of these alerts to running tickets, the oldest last."""
    found = TicketAlert.objects.visible_to(seen_by).filter(alert__in=alert_ids)
    return (
        found.exclude(ticket__state__in=ENDED_STATES)
        .filter(ticket__in=Ticket.objects.visible_to(seen_by).values("pk"))
        .select_related("ticket")
        .order_by("-ticket")
    )


def running_incidents_of(alert: Alert, *, seen_by: Actor) -> list[Ticket]:
    """Return the alert's tickets that have not ended: one at most."""
    found = Ticket.objects.visible_to(seen_by).filter(alert_links__alert=alert)
    return list(found.exclude(state__in=ENDED_STATES)[:1])


def tickets_of(
    *,
    seen_by: Actor,
    customer: Customer | None = None,
    service: Service | None = None,
    item: ConfigurationItem | None = None,
) -> DeskQuerySet[Ticket]:
    """Return the tickets of a customer, a service or an item, the newest first."""
    found = Ticket.objects.visible_to(seen_by).select_related("owner", "customer")
    if customer is not None:
        found = found.filter(customer=customer)
    if service is not None:
        found = found.filter(service=service)
    if item is not None:
        found = found.filter(item=item)
    return found.order_by("-received_at", "-id")
