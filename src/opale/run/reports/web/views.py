"""The page of reports, and its file."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.endpoints.spreadsheets import spreadsheet
from opale.kernel import clock
from opale.listings.pages import filter_context
from opale.organisation.queries.reference import home_zone
from opale.organisation.rights import DESK, F
from opale.run.reports.domain.periods import Step, following, previous
from opale.run.reports.listings import Asked
from opale.run.reports.queries.dimensions import DIMENSIONS
from opale.run.reports.queries.home import home_figures
from opale.run.reports.queries.tickets import last_whole_period
from opale.run.reports.rights import READ
from opale.run.reports.web import figures
from opale.run.reports.web.figures import MEASURES
from opale.run.reports.web.scheduled import OPERATIONS_REPORT
from opale.scheduled_reports.queries.links import schedule_url
from opale.scheduled_reports.rights import USE as SCHEDULE
from opale.ui.components.lists import Chip, Tab


@require_GET
@needs(READ)
def show(request: ActorRequest) -> HttpResponse:
    asked = Asked.read(request.GET, request.actor)
    report = asked.report()
    context = {
        "report": report,
        "period": asked.period,
        "running": asked.period.ends > clock.now(),
        "steps": _steps(asked),
        "earlier": _address(asked, period=previous(asked.period, home_zone()).key),
        "later": _later(asked),
        "cards": figures.cards(report, asked),
        "charts": figures.charts(report),
        "measures": MEASURES,
        "dimensions": _dimensions(request, asked),
        "dimension": DIMENSIONS[asked.by],
        "by_value": list(figures.rows_by_value(report, asked)),
        "by_period": list(figures.rows_by_period(report, asked)),
        "clear": reverse("reports"),
        "address": asked.selection.address(),
        "schedule_url": _schedule_url(request, asked),
        **filter_context(asked.selection),
    }
    template = "reports/_report.html" if request.htmx else "reports/show.html"
    return render(request, template, context)


@require_GET
@needs(READ)
def now(request: ActorRequest) -> HttpResponse:
    """Return the figures of the home page, for whoever leads the desk."""
    actor, context = request.actor, dict[str, object]()
    if F.SERVICE_MANAGER in actor.functions or not actor.led_functions.isdisjoint(DESK):
        found = home_figures(seen_by=actor, now=clock.now())
        context = {
            "figures": figures.home_lines(found),
            "report_url": f"{reverse('reports')}?{urlencode({'period': found.month.key})}",
        }
    return render(request, "reports/_now.html", context)


@require_GET
@needs(READ)
def export(request: ActorRequest) -> HttpResponseBase:
    """Return the figures of the page as a file: the periods, then the values of the last one."""
    asked = Asked.read(request.GET, request.actor)
    lines = list(figures.file_lines(asked.report(), asked))
    return spreadsheet("report", figures.file_head(asked), lines)


def _schedule_url(request: ActorRequest, asked: Asked) -> str:
    """Return the address of the form that sends the report on schedule, for who may use it."""
    if not request.actor.can(SCHEDULE):
        return ""
    query = asked.selection.address(period="")
    return schedule_url(OPERATIONS_REPORT.name, str(OPERATIONS_REPORT.title), query)


def _address(asked: Asked, **changes: str) -> str:
    return f"?{asked.selection.address(**changes)}"


def _later(asked: Asked) -> str:
    """Return the address of the period after; "" where it has not begun."""
    after = following(asked.period, home_zone())
    return _address(asked, period=after.key) if after.starts <= clock.now() else ""


def _steps(asked: Asked) -> list[Chip]:
    now, present = clock.now(), asked.period.step
    labels: dict[Step, str] = {
        "month": _("13 months"),
        "week": _("13 weeks"),
        "day": _("13 days"),
    }
    return [
        Chip(label, _address(asked, period=last_whole_period(step, now).key), step == present)
        for step, label in labels.items()
    ]


def _dimensions(request: ActorRequest, asked: Asked) -> list[Tab]:
    return [
        Tab(one.label, _address(asked, by=one.name), one.name == asked.by)
        for one in DIMENSIONS.values()
        if one.offered_to(request.actor)
    ]
