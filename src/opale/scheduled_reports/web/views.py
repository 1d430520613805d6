"""The page of a scheduled report: its schedule, its readers and what was sent."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.scheduled_reports.listings import TONES
from opale.scheduled_reports.queries import reports
from opale.scheduled_reports.rights import USE
from opale.scheduled_reports.states import SendingState
from opale.ui.components.badges import state

SHOWN = 30
"""Sendings that the page shows, the last ones."""


@require_GET
@needs(USE)
def show(request: ActorRequest, scheduled_report_id: int) -> HttpResponse:
    report = reports.get_scheduled_report(scheduled_report_id, seen_by=request.actor)
    sendings = reports.sendings_of(report, seen_by=request.actor)[:SHOWN]
    unsubscribed = reports.unsubscriptions_of(report, seen_by=request.actor)
    ended = {one.person_id for one in unsubscribed}
    context = {
        "report": report,
        "title": reports.source_title(report),
        "live_url": reports.live_url(report),
        "recipients": [
            one
            for one in reports.recipients_of(report, seen_by=request.actor)
            if one.person_id not in ended
        ],
        "unsubscribed": unsubscribed,
        "ended": ended,
        "sendings": [
            (one, state(one.get_state_display(), TONES[SendingState(one.state)]))
            for one in sendings
        ],
    }
    return render(request, "scheduled_reports/show.html", context)
