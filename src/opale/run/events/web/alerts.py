"""The alert board, and the page of one alert."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opale.customers.queries.plans import PlanInForce, plan_in_force, plan_name
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.actor import Actor
from opale.kernel.clock import now
from opale.run.events.actions import alerts
from opale.run.events.domain.runbooks import runbook_of
from opale.run.events.models import Alert
from opale.run.events.queries import alerts as alert_queries
from opale.run.events.queries.alerts import AlertFilters
from opale.run.events.queries.timeline import MAX_ENTRIES, alert_timeline
from opale.run.events.rights import ADMINISTER, READ, WORK
from opale.run.events.states import (
    ACKNOWLEDGE,
    CLOSE,
    SHELVE,
    UNACKNOWLEDGE,
    UNSHELVE,
    AlertState,
)
from opale.run.events.web.alert_groups import MAX_UNFOLDED, group_by_chips, group_by_of, groups_of
from opale.run.events.web.alert_lines import TONES, AlertLine, pretty_json, timeline_lines
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
from opale.ui.toasts import toast, toast_next

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
    return {"page": found, "lines": [AlertLine(alert) for alert in found.rows]}


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
        "lines": [AlertLine(alert) for alert in rows[:MAX_UNFOLDED]],
        "key": f"{filters.service_id}-{filters.customer_id}",
    }
    return render(request, "events/alerts/_inside.html", context)


@require_GET
@needs(READ)
def show(request: ActorRequest, alert_id: int) -> HttpResponse:
    alert = alert_queries.get_alert(alert_id, seen_by=request.actor)
    return _card(request, alert, whole=not request.htmx)


@require_POST
@needs(WORK)
def acknowledge(request: ActorRequest, alert_id: int) -> HttpResponse:
    rows = alert_queries.alert_queryset(alert_id, seen_by=request.actor)
    alerts.acknowledge_alerts(rows, by=request.actor, at=now())
    undo = reverse("events_unacknowledge", args=[alert_id])
    return after(request, alert_id, _("Alert acknowledged."), undo)


@require_POST
@needs(WORK)
def unacknowledge(request: ActorRequest, alert_id: int) -> HttpResponse:
    rows = alert_queries.alert_queryset(alert_id, seen_by=request.actor)
    alerts.unacknowledge_alerts(rows, by=request.actor, at=now())
    return after(request, alert_id, _("The acknowledgement was withdrawn."))


@require_POST
@needs(WORK)
def close(request: ActorRequest, alert_id: int) -> HttpResponse:
    before = alert_queries.get_alert(alert_id, seen_by=request.actor).state
    alerts.close_alerts(
        alert_queries.alert_queryset(alert_id, seen_by=request.actor), by=request.actor, at=now()
    )
    undo = reverse("events_reopen", args=[alert_id, before])
    return after(request, alert_id, _("Alert closed."), undo)


@require_POST
@needs(WORK)
def reopen(request: ActorRequest, alert_id: int, state: str) -> HttpResponse:
    alert = alert_queries.get_alert(alert_id, seen_by=request.actor)
    back = AlertState(state) if state in AlertState.values else AlertState.OPEN
    alerts.reopen_alert(alert, to=back, by=request.actor, at=now())
    return after(request, alert_id, _("The alert is as it was."))


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


@dataclass(frozen=True, slots=True)
class Buttons:
    """The buttons for an alert in its state, derived from its moves."""

    acknowledge: bool
    unacknowledge: bool
    close: bool
    shelve: bool
    unshelve: bool
    assign: bool
    own: bool
    note: bool
    silence: bool

    @classmethod
    def of(cls, alert: Alert, actor: Actor) -> "Buttons":
        may = actor.can(WORK)
        live = may and alert.state != AlertState.CLOSED
        return cls(
            may and alert.state in ACKNOWLEDGE.sources,
            may and alert.state in UNACKNOWLEDGE.sources,
            may and alert.state in CLOSE.sources,
            may and alert.state in SHELVE.sources,
            may and alert.state in UNSHELVE.sources,
            assign=live,
            own=live and actor.person_id not in (None, alert.owner_id),
            note=may,
            silence=live and alert.silence_id is None and actor.everywhere(WORK),
        )


def after(request: ActorRequest, alert_id: int, said: str, undo: str = "") -> HttpResponse:
    if request.htmx:
        alert = alert_queries.get_alert(alert_id, seen_by=request.actor)
        return toast(_card(request, alert, whole=False), said, undo=undo)
    toast_next(request, said, undo=undo)
    return redirect("events_alert", alert_id)


def _card(request: ActorRequest, alert: Alert, *, whole: bool) -> HttpResponse:
    actor, asked = request.actor, request.GET.get("shown", "")
    shown = min(int(asked), MAX_ENTRIES) if asked.isdecimal() and asked != "0" else SHOWN
    happenings, older = alert_timeline(alert, seen_by=actor, limit=shown)
    context = {
        "alert": alert,
        "lines": timeline_lines(happenings),
        "older": older and shown < MAX_ENTRIES,
        "labels": sorted(alert.labels.items()),
        "raw": pretty_json(alert.raw),
        "runbook": Runbook.of(alert),
        "tone": TONES[AlertState(alert.state)],
        "buttons": Buttons.of(alert, actor),
        "actor": actor,
        "may_change_rules": actor.everywhere(ADMINISTER),
        "own_url": reverse("events_alert", args=[alert.pk]) + (f"?shown={shown}" if asked else ""),
        "more_url": f"?shown={min(shown * 4, MAX_ENTRIES)}",
    }
    if not whole:
        return render(request, "events/alerts/_card.html", context)
    plan = _plan_of(alert)
    context |= {"plan": plan, "plan_name": plan_name(plan.version.plan) if plan else ""}
    return render(request, "events/alerts/show.html", context)


def _plan_of(alert: Alert) -> PlanInForce | None:
    """Return the plan that its customer has for it, as of today."""
    if alert.customer is None:
        return None
    return plan_in_force(alert.customer, alert.service, on=localdate())
