"""Pages of integrations: sources of events, their keys and their qualification rules."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.clock import now
from opale.kernel.errors import Invalid
from opale.run.events.actions import integrations
from opale.run.events.forms.integrations import (
    IntegrationForm,
    LabelMappingForm,
    QualificationRuleForm,
    RateLimitForm,
)
from opale.run.events.models import Integration
from opale.run.events.ports.tools import all_tools, get_tool
from opale.run.events.queries import alerts
from opale.run.events.queries.ingest_urls import ingest_url
from opale.run.events.queries.integration_health import IntegrationHealth, health_of
from opale.run.events.rights import ADMINISTER, READ
from opale.ui.components.charts import Chart, Series

FORM = "events/integrations/new.html"
PAGE = "events/integrations/show.html"
CARD = "events/integrations/_card.html"


@require_http_methods(["GET", "POST"])
@needs(ADMINISTER)
def new(request: ActorRequest) -> HttpResponse:
    form = IntegrationForm(request.POST or None)
    if not form.is_valid():
        return render(request, FORM, {"form": form}, status=422 if form.is_bound else 200)
    try:
        integration, key = integrations.create_integration(by=request.actor, **form.cleaned_data)
    except Invalid as error:
        for name, sentence in error.fields.items():
            form.add_error(name, sentence)
        return render(request, FORM, {"form": form}, status=422)
    return _with_key(request, integration, key)


@require_GET
@needs(READ)
def show(request: ActorRequest, integration_id: int) -> HttpResponse:
    template = CARD if request.htmx else PAGE
    return render(request, template, _context(request, integration_id))


@require_POST
@needs(ADMINISTER)
def rotate(request: ActorRequest, integration_id: int) -> HttpResponse:
    integration = alerts.get_integration(integration_id, seen_by=request.actor)
    return _with_key(
        request, integration, integrations.add_key(integration, by=request.actor, at=now())
    )


def _with_key(request: ActorRequest, integration: Integration, key: str) -> HttpResponse:
    """Show the address to paste: its key is shown this once and stored nowhere."""
    url = ingest_url(integration, key)
    tool = all_tools()[integration.format]
    files = [(name, f"{url}/{name}") for name in tool.files]
    shown = {"url": url, "example": tool.example(url, key), "files": files}
    template = CARD if request.htmx else PAGE
    response = render(request, template, _context(request, integration.pk) | shown)
    response.headers["Cache-Control"] = "no-store"
    return response


def _course(health: IntegrationHealth) -> Chart:
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


def _context(request: ActorRequest, integration_id: int) -> dict[str, object]:
    integration = alerts.get_integration(integration_id, seen_by=request.actor)
    tool = get_tool(integration.format)
    return {
        "integration": integration,
        "tool": tool.name if tool else "",
        "brings_events": tool is not None and tool.brings_events,
        "has_settings": tool is not None and bool(tool.settings),
        "health": (health := health_of(integration, at=now())),
        "course": _course(health),
        "keys": alerts.keys_of(integration)[:20],
        "rules": alerts.rules_of(integration),
        "unreadable": alerts.newest_unreadable(integration),
        "form": QualificationRuleForm(initial={"seconds": 60}),
        "labels_form": LabelMappingForm(integration=integration),
        "limit_form": RateLimitForm(initial={"events_per_minute": integration.events_per_minute}),
        "now": now(),
        "may_administer": request.actor.can(ADMINISTER),
    }
