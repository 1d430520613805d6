"""Recurring tickets, as an actor sees them."""

from django.db.models import Q

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.organisation.models import Company, WorkingCalendar
from opale.run.automations.models import AutomationQuerySet, RecurringTicket, RecurringTicketRun
from opale.run.desk.models import Ticket

SHOWN = 50


def recurring_tickets(
    *, seen_by: Actor, text: str = "", removed: bool = False
) -> AutomationQuerySet[RecurringTicket]:
    """Return the recurring tickets whose name or subject has all words of a text."""
    found = RecurringTicket.objects.visible_to(seen_by).filter(removed_at__isnull=not removed)
    for word in text.split():
        found = found.filter(
            Q(name__unaccent__icontains=word) | Q(subject__unaccent__icontains=word)
        )
    return found


def get_recurring_ticket(
    recurring_id: int, *, seen_by: Actor, removed: bool = False
) -> RecurringTicket:
    """Errors: NotFound."""
    rows = recurring_tickets(seen_by=seen_by, removed=removed)
    rows = rows.select_related("author__user", "customer", "service", "calendar")
    found = rows.filter(pk=recurring_id).first()
    if found is None:
        raise NotFound
    return found


def runs_of_recurring_ticket(row: RecurringTicket, *, seen_by: Actor) -> list[RecurringTicketRun]:
    """Return the newest times at which it was due, with their tickets, as far as the actor sees
    these."""
    rows = RecurringTicketRun.objects.visible_to(seen_by).filter(recurring=row)
    rows = rows.filter(Q(ticket=None) | Q(ticket__in=Ticket.objects.visible_to(seen_by)))
    return list(rows.select_related("ticket").order_by("-due_at")[:SHOWN])


def home_calendar() -> WorkingCalendar | None:
    """Return the calendar of the company that operates."""
    company = Company.objects.filter(operates=True).select_related("calendar").first()
    return company.calendar if company else None
