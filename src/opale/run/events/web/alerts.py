"""The alert board, and the page of one alert."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from opale.customers.queries.plans import PlanInForce, plan_in_force, plan_name
from opale.endpoints.http import ActorRequest, needs
from opale.infrastructure.queries.dependents import dependents_of
from opale.infrastructure.queries.items import visible_site
from opale.kernel.whole_numbers import parse_number
from opale.run.events.actions.alert_pages import page_subject
from opale.run.events.domain.runbooks import runbook_of
from opale.run.events.listings.alerts import ALERTS, TONES
from opale.run.events.models import Alert
from opale.run.events.queries import alerts as alert_queries
from opale.run.events.queries.alerts import AlertFilters
from opale.run.events.queries.timeline import MAX_ENTRIES, alert_timeline
from opale.run.events.rights import ADMINISTER, READ, WORK
from opale.run.events.states import AlertState
from opale.run.events.web.alert_groups import MAX_UNFOLDED, group_by_chips, group_by_of, groups_of
from opale.run.events.web.alert_lines import AlertLine, alert_lines, pretty_json, timeline_lines
from opale.run.events.web.filters import (
    VIEWS,
    chips_of,
    filters_of,
    quiet_views,
    severities_of,
    tabs_of,
)
from opale.run.events.web.search import SearchReader
from opale.ui.keyset import Order, Page, page

CHANGES_SHOWN = 10
SHOWN: Final = 50


@require_GET
@needs(READ)
def board(request: ActorRequest) -> HttpResponse:
    if "inside" in request.GET and request.htmx:
        return _inside(request)
    actor = request.actor
    filters = filters_of(request.GET, actor)
    lines = _lines(request, filters)
    context = lines | {
        "listing": ALERTS,
        "acts": ALERTS.acts_for(actor),
        "board": request.get_full_path(),
        "quiet": [] if lines["page"].rows else quiet_views(request.GET, actor),
        "filters": filters,
        "tabs": tabs_of(request.GET, actor),
        "chips": group_by_chips(request.GET) + chips_of(request.GET, actor),
        "severities": severities_of(request.GET, actor),
        "view": request.GET.get("view") or next(iter(VIEWS)),
    }
    template = "events/alerts/_board.html" if request.htmx else "events/alerts/board.html"
    return render(request, template, context)


def _lines(request: ActorRequest, filters: AlertFilters) -> dict[str, Any]:
    """Return the alerts one a line, or grouped by a lens."""
    actor, lens = request.actor, group_by_of(request.GET)
    if lens is not None:
        groups_page, groups = groups_of(lens, filters, request.GET, actor)
        return {"page": groups_page, "groups": groups}
    found = _page(filters, request)
    return {"page": found, "lines": alert_lines(found.rows, actor)}


def _page(filters: AlertFilters, request: ActorRequest) -> Page[Alert]:
    order = Order(filters.order)
    searched = SearchReader(filters.text)
    if searched.indexed and filters.order == alert_queries.WORST_FIRST:
        rows = alert_queries.alerts(replace(filters, text=""), seen_by=request.actor)
        return page(rows, order, request.GET, read=searched)
    return page(alert_queries.alerts(filters, seen_by=request.actor), order, request.GET)


def _inside(request: ActorRequest) -> HttpResponse:
    """Show the worst alerts of an unfolded group."""
    filters = filters_of(request.GET, request.actor)
    rows = alert_queries.alerts(filters, seen_by=request.actor).order_by(*filters.order)
    context = {
        "lines": alert_lines(list(rows[:MAX_UNFOLDED]), request.actor),
        "key": f"{filters.service_id}-{filters.customer_id}-{filters.item_id}",
    }
    return render(request, "events/alerts/_inside.html", context)


@require_GET
@needs(READ)
def show(request: ActorRequest, alert_id: int) -> HttpResponse:
    alert = alert_queries.get_alert(alert_id, seen_by=request.actor)
    return _card(request, alert, whole=not request.htmx)


@require_GET
@needs(READ)
def of_item(request: ActorRequest, item_id: int) -> HttpResponse:
    """Fill the slot of an item's page."""
    rows = alert_queries.open_alerts_of_item(item_id, seen_by=request.actor)
    context = {"item_id": item_id, "alerts": list(rows.order_by(*alert_queries.WORST_FIRST)[:10])}
    return render(request, "events/alerts/_of_item.html", context)


@require_GET
@needs(READ)
def changes(request: ActorRequest, alert_id: int) -> HttpResponse:
    """Fill a slot of the alert's page: earlier changes of its item."""
    alert = alert_queries.get_alert(alert_id, seen_by=request.actor)
    found = alert_queries.changes_around(alert, seen_by=request.actor)
    apart = [(change, abs(alert.started_at - change.at)) for change in found[:CHANGES_SHOWN]]
    context = {"alert": alert, "changes": apart}
    return render(request, "events/alerts/_changes.html", context)


@require_GET
@needs(READ)
def paged(request: ActorRequest, about: str) -> HttpResponse:
    """Fill a slot of the page of a mobilisation: the alert that it is about; else nothing."""
    _before, prefix, number = about.partition(page_subject(""))
    key = parse_number(number) if prefix else None
    if key is None:
        return HttpResponse()
    alert = alert_queries.get_alert(key, seen_by=request.actor)
    (line,) = alert_lines([alert], request.actor)
    context = {"alert": alert, "line": line, "tone": line.tone}
    return render(request, "events/alerts/_paged.html", context)


@dataclass(frozen=True, slots=True)
class Runbook:
    """The address of an alert's runbook, with the name of the place."""

    url: str
    name: str

    @classmethod
    def of(cls, alert: Alert) -> "Runbook | None":
        url = runbook_of(alert.labels, alert.raw)
        with suppress(ValueError):
            if name := urlsplit(url).hostname:
                return cls(url, name)
        return None


def _card(request: ActorRequest, alert: Alert, *, whole: bool) -> HttpResponse:
    actor, asked = request.actor, parse_number(request.GET.get("shown"))
    shown = min(asked, MAX_ENTRIES) if asked else SHOWN
    live = actor.can(WORK) and alert.state != AlertState.CLOSED
    happenings, older = alert_timeline(alert, seen_by=actor, limit=shown)
    context = {
        "alert": alert,
        "lines": timeline_lines(happenings),
        "older": older and shown < MAX_ENTRIES,
        "labels": sorted(alert.labels.items()),
        "raw": pretty_json(alert.raw),
        "runbook": Runbook.of(alert),
        "tone": TONES[AlertState(alert.state)],
        "may_own": live and actor.person_id not in (None, alert.owner_id),
        "may_give_up": live and alert.owner_id is not None,
        "may_silence": live and alert.silence_id is None and actor.everywhere(WORK),
        "actor": actor,
        "may_change_rules": actor.everywhere(ADMINISTER),
        "own_url": reverse("events_alert", args=[alert.pk]) + (f"?shown={shown}" if asked else ""),
        "more_url": f"?shown={min(shown * 4, MAX_ENTRIES)}",
    }
    if not whole:
        return render(request, "events/alerts/_card.html", context)
    plan = _plan_of(alert)
    shared = alert.item_id if alert.customer_id is None else None
    hit = dependents_of([shared], seen_by=actor) if shared else {}
    context["hit"] = AlertLine(alert, dependents=hit.get(shared or 0))
    context |= {"site": visible_site(alert.site, seen_by=actor)}
    context |= {"plan": plan, "plan_name": plan_name(plan.version.plan) if plan else ""}
    return render(request, "events/alerts/show.html", context)


def _plan_of(alert: Alert) -> PlanInForce | None:
    """Return the plan that its customer has for it, as of today."""
    if alert.customer is None:
        return None
    return plan_in_force(alert.customer, alert.service, on=localdate())
