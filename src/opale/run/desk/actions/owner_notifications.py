"""Telling people that they own tickets which somebody else assigned to them."""

from collections.abc import Sequence

from django.urls import reverse

from opale.kernel.actor import Actor
from opale.notifications.actions.notify import News, notify_each, settle_things
from opale.organisation.models import Person
from opale.run.desk import notification_kinds as kinds
from opale.run.desk.models import Ticket

EACH = 5
"""Tickets assigned at once of which each is told by itself; more are told together."""


def notify_assigned(tickets: Sequence[Ticket], person: Person, *, by: Actor) -> None:
    """Tell the new owner; former owners are no longer asked for these tickets.

    What Opale assigns by itself is not told: who answers for new work finds it in the queue. What
    an automation assigns is told, to its author too.
    """
    settle_assigned(tickets, by=by)
    chosen = by.at_work and by.person_id == person.pk
    if by.person_id is None or chosen or not tickets:
        return
    if len(tickets) <= EACH:
        news = [News(kinds.ASSIGNED, person, _of(one), _url(one), _said(one)) for one in tickets]
    else:
        first = tickets[0]
        values = _said(first) | {"tickets": str(len(tickets))}
        news = [News(kinds.MANY_ASSIGNED, person, f"{_of(first)}:many", _url(first), values)]
    notify_each(news, by=by)


def settle_assigned(tickets: Sequence[Ticket], *, by: Actor) -> None:
    """Mark as read that tickets are assigned to somebody."""
    settle_things(map(_of, tickets), by=by)


def _of(ticket: Ticket) -> str:
    return f"desk.ticket:{ticket.pk}"


def _url(ticket: Ticket) -> str:
    return reverse("desk_ticket", args=[ticket.number])


def _said(ticket: Ticket) -> dict[str, str]:
    return {"ticket": ticket.reference, "subject": ticket.subject}
