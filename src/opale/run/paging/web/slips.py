"""Pages of stand-by slips: one's own call-outs, their verdict, the payroll, and the fixes."""

from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.kernel.errors import NotFound
from opale.organisation.queries.people import people
from opale.run.paging.models import RuleFix
from opale.run.paging.queries import slips as slip_queries
from opale.run.paging.rights import SLIPS
from opale.ui import keyset, pickers

NEWEST = keyset.Order(("-began_at", "-id"))
PAYROLL_MOST = 5_000


@require_GET
@needs(SLIPS)
def index(request: ActorRequest) -> HttpResponse:
    """Show one's own slips, or all with the right to see them."""
    found = slip_queries.slips(seen_by=request.actor)
    page = keyset.page(found, NEWEST, request.GET)
    month = _month(request)
    context = {
        "page": page,
        "early": slip_queries.early_shifts(page.rows, seen_by=request.actor, at=clock.now()),
        "month": month,
        "before": (month - timedelta(days=1)).replace(day=1),
        "fixes": slip_queries.fixes(seen_by=request.actor).filter(state=RuleFix.State.OPEN)[:50],
    }
    return render(request, "paging/slips/list.html", context)


@require_GET
@needs(SLIPS)
def payroll(request: ActorRequest) -> HttpResponse:
    """Return the slips of a month as CSV, else all."""
    found, name = slip_queries.slips(seen_by=request.actor), "stand-by"
    if asked := request.GET.get("month", ""):
        first = _month(request)
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


def _month(request: ActorRequest) -> date:
    """Return the first day of the month asked for, else of this one. Errors: NotFound."""
    asked = request.GET.get("month", "")
    try:
        day = date.fromisoformat(f"{asked}-01") if asked else timezone.localdate(clock.now())
    except ValueError:
        raise NotFound from None
    return day.replace(day=1)
