"""Pages for tickets that await triage or have promises at risk; ended when neither holds.

Source: docs/rules/paging.md, "What starts one".
"""

from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse

from opale.kernel import clock
from opale.kernel.actor import system
from opale.organisation.models import Team
from opale.run.desk.models import Commitment, Ticket
from opale.run.desk.states import OPEN_STATES
from opale.run.paging.actions.answers import end_calls_about
from opale.run.paging.actions.mobilisations import retitle_mobilisations, start_mobilisations
from opale.run.paging.ports import Subject
from opale.run.paging.queries.escalation_plans import has_active_policy
from opale.run.paging.queries.mobilisations import open_subjects
from opale.run.shifts.queries.duties import service_desk

PAGER: Final = system("desk-calls")
AHEAD: Final = timedelta(minutes=30)
"""A promise is at risk when a quarter of its time is left, but no earlier than this."""
BEHIND: Final = timedelta(hours=1)
"""Older breaches were paged for already, or needed no page at the time."""
AT_ONCE: Final = 500
Measure = Commitment.Measure
WATCHED: Final = (
    *(Measure.TRIAGE, Measure.ACKNOWLEDGE, Measure.FIRST_RESPONSE),
    *(Measure.UPDATE, Measure.RESTORE),
)
SUBJECT_PREFIX: Final = "desk.ticket:"


def page_for_tickets(*, at: datetime | None = None) -> int:
    """Page once for each promise at risk, and end pages no longer needed; return how many began."""
    at = at or clock.now()
    if not has_active_policy():
        return 0
    rows = Commitment.objects.filter(
        met_at=None,
        due_at__gt=at - BEHIND,
        due_at__lte=at + AHEAD,
        measure__in=WATCHED,
        assignment=None,
        ticket__state__in=OPEN_STATES,
    ).select_related("ticket")
    risky = [row for row in rows.order_by("due_at", "id")[:AT_ONCE] if _at_risk(row, at)]
    desk = service_desk() if risky else None
    begun = start_mobilisations([_subject(row, desk) for row in risky], by=PAGER, at=at)
    _end_calmed(at)
    return len(begun)


def hide_subject_in_pages(ticket: Ticket) -> None:
    """Cut the titles of all pages about a ticket that became confidential to its number."""
    retitle_mobilisations(f"{SUBJECT_PREFIX}{ticket.pk}", _title(ticket))


def _at_risk(row: Commitment, at: datetime) -> bool:
    return row.due_at is not None and row.due_at - min(row.target / 4, AHEAD) <= at


def _end_calmed(at: datetime) -> None:
    """End the pages about tickets that no longer have a promise at risk."""
    called = {int(one.removeprefix(SUBJECT_PREFIX)): one for one in open_subjects(SUBJECT_PREFIX)}
    if not called:
        return
    rows = Commitment.objects.filter(
        ticket__in=called,
        met_at=None,
        due_at__lte=at + AHEAD,
        measure__in=WATCHED,
        assignment=None,
        ticket__state__in=OPEN_STATES,
    )
    waiting = set(rows.values_list("ticket_id", flat=True))
    end_calls_about([one for pk, one in called.items() if pk not in waiting], by=PAGER, at=at)


def _subject(row: Commitment, desk: Team | None) -> Subject:
    ticket, triage = row.ticket, row.measure == Measure.TRIAGE
    due = row.due_at
    return Subject(
        about=f"{SUBJECT_PREFIX}{ticket.pk}",
        trigger="triage" if triage else "clock",
        title=_title(ticket),
        path=reverse("desk_ticket", args=[ticket.number]),
        reason=row.measure,
        occasion=f"{row.measure}.{due:%Y%m%dT%H%M}" if due else row.measure,
        priority=ticket.priority,
        stream=ticket.stream,
        customer_id=ticket.customer_id,
        team_id=desk.pk if desk else None,
    )


def _title(ticket: Ticket) -> str:
    """Return the title of a ticket; for a confidential one, its number alone."""
    return ticket.reference if ticket.confidential else f"{ticket.reference} · {ticket.subject}"
