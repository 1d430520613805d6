"""Telling people that work is asked of them, and what became of the work that they asked for."""

from collections.abc import Iterable

from django.urls import reverse

from opale.kernel.actor import Actor
from opale.notifications.actions.notify import notify, settle
from opale.notifications.domain.kinds import Kind
from opale.organisation.models import Person
from opale.organisation.queries.teams import leaders_of
from opale.run.desk import notification_kinds as kinds
from opale.run.desk.models import Assignment, Ticket


def notify_requested(ticket: Ticket, held: Assignment, *, by: Actor) -> None:
    """Tell the person of whom work is asked, else those who lead the team."""
    if held.person is not None:
        people = [held.person]
    else:
        people = leaders_of(held.team) if held.team is not None else []
    _notify(kinds.WORK_REQUESTED, people, ticket, held, by=by)


def notify_completed(ticket: Ticket, held: Assignment, *, by: Actor) -> None:
    _notify(kinds.WORK_COMPLETED, _askers(ticket, held), ticket, held, by=by)


def notify_returned(ticket: Ticket, held: Assignment, *, by: Actor) -> None:
    _notify(kinds.WORK_RETURNED, _askers(ticket, held), ticket, held, by=by)


def settle_requested(held: Assignment, *, by: Actor) -> None:
    """Mark as read that work is asked."""
    settle(kinds.WORK_REQUESTED, thing=_of(held), by=by)


def _askers(ticket: Ticket, held: Assignment) -> list[Person]:
    """Return the ticket's owner and who asked."""
    return [ticket.owner, *([held.asked_by] if held.asked_by is not None else [])]


def _notify(
    kind: Kind, people: Iterable[Person], ticket: Ticket, held: Assignment, *, by: Actor
) -> None:
    resolver = held.team or held.supplier
    notify(
        kind,
        people,
        thing=_of(held),
        url=reverse("desk_assignment", args=[held.pk]),
        values={
            "ticket": ticket.reference,
            "subject": ticket.subject,
            "resolver": resolver.name if resolver is not None else "",
        },
        by=by,
    )


def _of(held: Assignment) -> str:
    return f"desk.assignment:{held.pk}"
