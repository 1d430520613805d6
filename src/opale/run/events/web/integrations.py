"""Pages of integrations: where events come from, by which keys, and what becomes an incident."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import AskedRequest, needs
from opale.kernel.clock import now
from opale.kernel.errors import Invalid
from opale.run.events import actions, queries
from opale.run.events.addresses import address_of
from opale.run.events.models import Integration
from opale.run.events.queries.health import Health, health_of
from opale.run.events.rights import ADMINISTER, READ
from opale.run.events.sources import tool_of, tools
from opale.run.events.web.forms import Limit, NamingLabels, NewIntegration, NewRule
from opale.ui.components.drawings import Chart, Series
from opale.ui.toasts import toast, toast_next

FORM = "events/integrations/new.html"
PAGE = "events/integrations/show.html"
CARD = "events/integrations/_card.html"


@require_GET
@needs(READ)
def index(request: AskedRequest) -> HttpResponse:
    context = {
        "integrations": queries.integrations(seen_by=request.actor)[:200],
        "tools": {slug: source.name for slug, source in tools().items()},
        "may_administer": request.actor.can(ADMINISTER),
    }
    template = "events/integrations/_list.html" if request.htmx else "events/integrations/list.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@needs(ADMINISTER)
def new(request: AskedRequest) -> HttpResponse:
    form = NewIntegration(request.POST or None)
    if not form.is_valid():
        return render(request, FORM, {"form": form}, status=422 if form.is_bound else 200)
    try:
        integration, key = actions.create_integration(by=request.actor, **form.cleaned_data)
    except Invalid as error:
        for name, sentence in error.fields.items():
            form.add_error(name, sentence)
        return render(request, FORM, {"form": form}, status=422)
    return _with_key(request, integration, key)


@require_GET
@needs(READ)
def show(request: AskedRequest, integration_id: int) -> HttpResponse:
    template = CARD if request.htmx else PAGE
    return render(request, template, _context(request, integration_id))


@require_POST
@needs(ADMINISTER)
def rotate(request: AskedRequest, integration_id: int) -> HttpResponse:
    integration = queries.get_integration(integration_id, seen_by=request.actor)
    return _with_key(request, integration, actions.add_key(integration, by=request.actor, at=now()))


@require_POST
@needs(ADMINISTER)
def end_key(request: AskedRequest, integration_id: int, key_id: int) -> HttpResponse:
    key = queries.get_key(key_id, of=integration_id, seen_by=request.actor)
    actions.expire_key(key, by=request.actor, at=now())
    return _redrawn(request, integration_id, _("The key opens nothing any more."))


@require_POST
@needs(ADMINISTER)
def activity(request: AskedRequest, integration_id: int) -> HttpResponse:
    integration = queries.get_integration(integration_id, seen_by=request.actor)
    active = not integration.active
    actions.edit_integration(integration, active=active, by=request.actor)
    said = _("It is heard again.") if active else _("It is not heard any more.")
    undo = reverse("events_integration_activity", args=[integration_id])
    return _redrawn(request, integration_id, said, undo)


@require_POST
@needs(ADMINISTER)
def test(request: AskedRequest, integration_id: int) -> HttpResponse:
    integration = queries.get_integration(integration_id, seen_by=request.actor)
    alert = actions.raise_test_alert(integration, by=request.actor, at=now())
    toast_next(
        request,
        _("The test alert is open."),
        undo=reverse("events_integration_test_end", args=[integration_id]),
    )
    return redirect("events_alert", alert.pk)


@require_POST
@needs(ADMINISTER)
def end_test(request: AskedRequest, integration_id: int) -> HttpResponse:
    integration = queries.get_integration(integration_id, seen_by=request.actor)
    actions.end_test_alert(integration, by=request.actor, at=now())
    return _redrawn(request, integration_id, _("The test alert is over."))


@require_POST
@needs(ADMINISTER)
def labels(request: AskedRequest, integration_id: int) -> HttpResponse:
    integration = queries.get_integration(integration_id, seen_by=request.actor)
    form = NamingLabels(request.POST)
    if form.is_valid():
        try:
            actions.name_labels(integration, form.naming(), by=request.actor)
            return _redrawn(request, integration_id, _("Labels kept."))
        except Invalid as error:
            for name, sentence in error.fields.items():
                form.add_error(name, sentence)
    context = _context(request, integration_id) | {"labels_form": form}
    return render(request, CARD if request.htmx else PAGE, context, status=422)


@require_POST
@needs(ADMINISTER)
def limit(request: AskedRequest, integration_id: int) -> HttpResponse:
    integration = queries.get_integration(integration_id, seen_by=request.actor)
    form = Limit(request.POST)
    if not form.is_valid():
        context = _context(request, integration_id) | {"limit_form": form}
        return render(request, CARD if request.htmx else PAGE, context, status=422)
    actions.limit_events(integration, form.cleaned_data["events_per_minute"], by=request.actor)
    return _redrawn(request, integration_id, _("Limit kept."))


@require_POST
@needs(ADMINISTER)
def rule(request: AskedRequest, integration_id: int) -> HttpResponse:
    integration = queries.get_integration(integration_id, seen_by=request.actor)
    form = NewRule(request.POST)
    if form.is_valid():
        try:
            actions.add_rule(integration, by=request.actor, **form.rule())
            return _redrawn(request, integration_id, _("Rule added."))
        except Invalid as error:
            form.add_error(None, error.sentence)
    context = _context(request, integration_id) | {"form": form}
    return render(request, CARD if request.htmx else PAGE, context, status=422)


@require_POST
@needs(ADMINISTER)
def remove_rule(request: AskedRequest, integration_id: int, rule_id: int) -> HttpResponse:
    found = queries.get_rule(rule_id, of=integration_id, seen_by=request.actor)
    actions.remove_rule(found, by=request.actor)
    return _redrawn(request, integration_id, _("Rule removed."))


def _redrawn(request: AskedRequest, integration_id: int, said: str, undo: str = "") -> HttpResponse:
    if request.htmx:
        drawn = render(request, CARD, _context(request, integration_id))
        return toast(drawn, said, undo=undo)
    toast_next(request, said, undo=undo)
    return redirect("events_integration", integration_id)


def _with_key(request: AskedRequest, integration: Integration, key: str) -> HttpResponse:
    """The page with the address to paste: the key is shown this once and stored nowhere."""
    url = address_of(integration, key)
    tool = tools()[integration.format]
    files = [(name, f"{url}/{name}") for name in tool.files]
    shown = {"url": url, "example": tool.example(url, key), "files": files}
    template = CARD if request.htmx else PAGE
    response = render(request, template, _context(request, integration.pk) | shown)
    response.headers["Cache-Control"] = "no-store"
    return response


def _course(health: Health) -> Chart:
    return Chart(
        title=_("Events of the last 24 hours"),
        steps=[f"{timezone.localtime(hour.begins_at):%H:%M}" for hour in health.hours],
        series=[
            Series(_("read"), [hour.events for hour in health.hours], "accent", "bar"),
            Series(_("unreadable"), [hour.refused for hour in health.hours], "critical", "bar"),
        ],
        unit=_("events"),
        stacked=True,
    )


def _context(request: AskedRequest, integration_id: int) -> dict[str, object]:
    integration = queries.get_integration(integration_id, seen_by=request.actor)
    tool = tool_of(integration.format)
    return {
        "integration": integration,
        "tool": tool.name if tool else "",
        "brings_events": tool is not None and tool.brings_events,
        "has_settings": tool is not None and bool(tool.settings),
        "health": (health := health_of(integration, at=now())),
        "course": _course(health),
        "keys": queries.keys_of(integration)[:20],
        "rules": queries.rules_of(integration),
        "unreadable": queries.newest_unreadable(integration),
        "form": NewRule(),
        "labels_form": NamingLabels.of(integration.naming),
        "limit_form": Limit(initial={"events_per_minute": integration.events_per_minute}),
        "now": now(),
        "may_administer": request.actor.can(ADMINISTER),
    }
