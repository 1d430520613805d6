"""One ticket: its record, its conversation, its clocks, and what may be done with it."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Subquery

from opale.customers.queries.plans import Priority, plan_in_force, priority_of
from opale.kernel.actor import Actor
from opale.kernel.compiled_queries import compiled
from opale.kernel.errors import NotFound
from opale.kernel.models import StateMove
from opale.run.desk.models import (
    Classification,
    DeskQuerySet,
    Message,
    News,
    Sight,
    StreamSettings,
    Ticket,
    TicketAlert,
    recallable_messages,
)
from opale.run.desk.rights import CONSOLE, WORK
from opale.run.desk.states import REOPEN
from opale.run.events.models import Alert
from opale.run.events.states import FIRING_STATES, AlertState

SHOWN = ("customer", "contact", "owner", "service", "item", "plan_version")
"""Relations shown on the ticket's page: every further table costs a share of a millisecond."""
ALERTS_SHOWN = 20
HAS_NEWS = Exists(News.objects.filter(ticket=OuterRef("pk")))
"""Whether a message came since the owner looked."""
RULE_OF_ANSWERS = Subquery(
    StreamSettings.objects.filter(stream=OuterRef("stream")).values("engineer_answers")[:1]
)
"""The stream's rule for answers of others than the owner: pages show it before sending."""


def get_ticket(number: int, *, seen_by: Actor) -> Ticket:
    """Return the ticket with the columns of its page.

    Errors: NotFound, hidden and missing alike.
    """
    found = _shown.first(number, sight=Sight.of(seen_by))
    if found is None:
        raise NotFound
    return found


@compiled
def _shown(number: int, /, *, sight: Sight) -> DeskQuerySet[Ticket]:
    rows = tickets_numbered(number, seen_by=sight.actor)
    if not sight.actor.can(CONSOLE):
        return rows
    return rows.select_related(*SHOWN).annotate(answers_rule=RULE_OF_ANSWERS, has_news=HAS_NEWS)


def get_ticket_to_lock(number: int, *, seen_by: Actor) -> Ticket:
    """Return the ticket alone, for an action that locks and reads it again.

    Errors: NotFound, hidden and missing alike.
    """
    found = tickets_numbered(number, seen_by=seen_by).first()
    if found is None:
        raise NotFound
    return found


def newest_number(*, seen_by: Actor) -> int | None:
    """Return the number of the newest ticket that the actor sees."""
    rows = Ticket.objects.visible_to(seen_by).order_by("-pk")
    return rows.values_list("number", flat=True).first()


def tickets_numbered(number: int, *, seen_by: Actor) -> DeskQuerySet[Ticket]:
    """Return the one ticket of a number, as rows to be locked; none where it is hidden or
    missing."""
    return Ticket.objects.visible_to(seen_by).filter(number=number)


def visible_tickets(ticket_ids: Collection[int], *, seen_by: Actor) -> DeskQuerySet[Ticket]:
    return Ticket.objects.visible_to(seen_by).filter(pk__in=ticket_ids).order_by("pk")


def may_work_on(ticket: Ticket, actor: Actor) -> bool:
    """Return whether an actor who sees the ticket may work on it."""
    scope = actor.scope(WORK)
    if scope is None or scope.everything:
        return scope is not None
    return Ticket.objects.within(actor, WORK).filter(pk=ticket.pk).exists()


def speaks_as_requester(ticket: Ticket, actor: Actor) -> bool:
    """Return whether the actor writes on the ticket as requester: a customer, an employee without
    the desk, or any employee whose own request has another owner."""
    if actor.contact_id is not None or not actor.can(CONSOLE):
        return True
    own = actor.person_id is not None and ticket.employee_id == actor.person_id
    return own and ticket.owner_id != actor.person_id


def messages_of(ticket: Ticket, *, seen_by: Actor) -> DeskQuerySet[Message]:
    """Return the messages that the actor may read: notes are for those who see the desk."""
    rows = Message.objects.visible_to(seen_by).filter(ticket=ticket)
    if not seen_by.can(CONSOLE):
        rows = rows.filter(visibility=Message.Visibility.PUBLIC).exclude(recallable_messages())
    return rows


def alerts_of(ticket: Ticket) -> list[Alert]:
    """Return the alerts linked to the ticket, in the order in which they were linked."""
    links = TicketAlert.objects.filter(ticket=ticket).select_related("alert__integration")
    return [link.alert for link in links.order_by("linked_at")[:ALERTS_SHOWN]]


def firing_alerts(ticket: Ticket) -> list[Alert]:
    """Return the alerts of the ticket that are open or acknowledged, as they were linked."""
    states = (AlertState.OPEN, AlertState.ACKNOWLEDGED)
    rows = Alert.objects.filter(ticket_links__ticket=ticket, state__in=states)
    return list(rows.order_by("ticket_links__linked_at", "pk"))


def explained_priority(ticket: Ticket) -> Priority:
    """Return the priority with its reason, by the plan of the day of receipt."""
    plan = (
        plan_in_force(ticket.customer, ticket.service, on=ticket.received_at.date())
        if ticket.customer
        else None
    )
    return priority_of(plan, ticket.impact, ticket.urgency)


def last_classification(ticket: Ticket) -> Classification | None:
    """Return the last classification of the ticket, with its author and time."""
    return Classification.objects.filter(ticket=ticket).order_by("-id").first()


def proposed_restoration(ticket: Ticket, known: Sequence[Alert] | None = None) -> datetime | None:
    """Return when the last of the ticket's alerts ended: the proposed time of restoration.

    None while an alert is active, when there is none, or when the restoration is already stated.
    `known` is what `alerts_of` has read, which is all of them unless there are many.
    """
    if ticket.restored_at is not None or ticket.kind != "incident":
        return None
    alerts = known
    if alerts is None or len(alerts) == ALERTS_SHOWN:
        alerts = list(Alert.objects.filter(ticket_links__ticket=ticket))
    if not alerts or any(alert.state in FIRING_STATES for alert in alerts):
        return None
    ends = [alert.cleared_at or alert.closed_at for alert in alerts]
    return max((end for end in ends if end), default=None)


def reopened_at(ticket: Ticket) -> datetime | None:
    """Return when the ticket was reopened for the last time."""
    moves = StateMove.objects.filter(
        subject=Ticket._meta.label_lower, subject_id=ticket.pk, move=REOPEN.name
    )
    return moves.order_by("-id").values_list("at", flat=True).first()


def first_alert_at(ticket: Ticket, *, since: datetime | None = None) -> datetime | None:
    """Return when the first of the ticket's alerts began, of those after `since`: the proposed
    start of the outage."""
    links = TicketAlert.objects.filter(ticket=ticket).order_by("alert__started_at")
    if since is not None:
        links = links.filter(alert__started_at__gt=since)
    return links.values_list("alert__started_at", flat=True).first()
