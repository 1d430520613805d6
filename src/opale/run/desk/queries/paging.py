"""Who would be paged about a ticket, by the policies and rosters of now."""

from django.urls import reverse

from opale.kernel import clock
from opale.kernel.actor import system
from opale.run.desk.models import Ticket
from opale.run.paging.ports import Subject
from opale.run.paging.queries.escalation_plans import has_active_policy
from opale.run.paging.queries.policies import dry_run
from opale.run.shifts.queries.duties import service_desk


def people_to_page(ticket: Ticket) -> list[str]:
    """Return the names of those whom the first step pages when a promise of the ticket is at
    risk."""
    if not has_active_policy():
        return []
    subject = Subject(
        about=f"desk.ticket:{ticket.pk}",
        trigger="clock",
        title=ticket.reference,
        path=reverse("desk_ticket", args=[ticket.number]),
        priority=ticket.priority,
        stream=ticket.stream,
        customer_id=ticket.customer_id,
        team_id=service_desk().pk,
    )
    found = dry_run(subject, at=clock.now(), seen_by=system("desk"))
    return [who.called.name for who in found.steps[0].people] if found.steps else []
