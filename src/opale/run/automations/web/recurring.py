"""The page of a recurring ticket: its rhythm, its next times, and what it opened."""

from itertools import islice

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.calendars import Calendar
from opale.kernel.clock import now
from opale.kernel.history import revisions
from opale.run.automations.domain.recurrences import occurrences
from opale.run.automations.models import RecurringTicket
from opale.run.automations.queries import recurring as queries
from opale.run.automations.queries.wording import recurrence_in_words
from opale.run.automations.rights import READ

SHOWN = 5


@require_GET
@needs(READ)
def show(request: ActorRequest, recurring_id: int) -> HttpResponse:
    row = queries.get_recurring_ticket(recurring_id, seen_by=request.actor)
    calendar = Calendar.from_record(row.calendar.record)
    context = {
        "recurring": row,
        "rhythm": recurrence_in_words(row),
        "times": list(islice(occurrences(row.recurrence, calendar, now()), SHOWN)),
        "runs": queries.runs_of_recurring_ticket(row, seen_by=request.actor),
        "history": revisions(RecurringTicket, id=row.pk),
    }
    template = "_recurring.html" if request.htmx else "recurring.html"
    return render(request, f"automations/{template}", context)
