"""The payroll of stand-by slips, and who may put right what they were about."""

from datetime import timedelta

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.organisation.queries.people import people
from opale.run.paging.listings import asked_month
from opale.run.paging.queries import slips as slip_queries
from opale.run.paging.rights import SLIPS
from opale.ui import pickers

PAYROLL_MOST = 5_000


@require_GET
@needs(SLIPS)
def payroll(request: ActorRequest) -> HttpResponse:
    """Return the slips of a month as CSV, else all."""
    found, name = slip_queries.slips(seen_by=request.actor), "stand-by"
    if asked := request.GET.get("month", ""):
        first = asked_month(request)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        found, name = slip_queries.begun_between(found, first, last), f"stand-by-{asked}"
    text = slip_queries.payroll(found[:PAYROLL_MOST])
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


@require_GET
@needs(SLIPS)
def pick_owner(request: ActorRequest) -> HttpResponse:
    found = people(seen_by=request.actor, text=request.GET.get("q", "")).order_by("name", "id")
    shown = found[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(p.pk), p.name, p.job_title) for p in shown)
    )
