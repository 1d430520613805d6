"""The settings of how deliveries of an integration are read, tried on a real one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.clock import now
from opale.kernel.errors import Invalid, NotFound
from opale.run.events.actions import integrations
from opale.run.events.domain.deliveries import Delivery, NewEvent, Tool, Unreadable, UnreadablePart
from opale.run.events.models import Integration
from opale.run.events.ports.tools import get_tool
from opale.run.events.queries import alerts
from opale.run.events.rights import ADMINISTER
from opale.ui.toasts import toast_next

SHOWN: Final = 5
MAX_SAMPLE_LENGTH: Final = 65_536
PAGE = "events/reading/edit.html"
TRIAL = "events/reading/_trial.html"


class ParserSettingsForm(forms.Form):
    """A form with a field for each setting of the tool, and the sample that they are tried on."""

    sample = forms.CharField(
        label=gettext_lazy("Sample"),
        required=False,
        max_length=MAX_SAMPLE_LENGTH,
        strip=False,
        widget=forms.Textarea(attrs={"spellcheck": "false", "class": "o-mono"}),
    )

    def __init__(self, tool: Tool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tool = tool
        for setting in tool.settings:
            self.fields[setting.name] = forms.CharField(
                label=setting.label,
                help_text=setting.words,
                required=False,
                widget=forms.TextInput(attrs={"spellcheck": "false", "class": "o-mono"}),
            )

    @property
    def told(self) -> list[forms.BoundField]:
        return [self[setting.name] for setting in self.tool.settings]

    def settings(self) -> dict[str, str]:
        return {s.name: self.cleaned_data.get(s.name, "") for s in self.tool.settings}


@dataclass(frozen=True, slots=True)
class ParserTrial:
    """The events that would be read of the sample."""

    events: tuple[NewEvent, ...] = ()
    refused: tuple[UnreadablePart, ...] = ()
    count: int = 0
    fault: str = ""


@require_http_methods(["GET", "POST"])
@needs(ADMINISTER)
def edit(request: ActorRequest, integration_id: int) -> HttpResponse:
    integration, tool = _asked(request, integration_id)
    if request.method == "GET":
        form = ParserSettingsForm(tool, initial=_as_it_is(integration, tool))
        return _page(request, integration, form, parse_sample(tool, form.initial, integration.name))
    form = ParserSettingsForm(tool, request.POST)
    if form.is_valid():
        try:
            integrations.set_parser_settings(integration, form.settings(), by=request.actor)
            toast_next(request, _("Saved. Applies to new events only."))
            return redirect("events_integration", integration_id)
        except Invalid as error:
            for name, sentence in error.fields.items():
                form.add_error(name, sentence)
    tried = parse_sample(tool, request.POST, integration.name)
    return _page(request, integration, form, tried, status=422)


@require_POST
@needs(ADMINISTER)
def trial(request: ActorRequest, integration_id: int) -> HttpResponse:
    """Show what the sample would become, while somebody types. Nothing is written."""
    integration, tool = _asked(request, integration_id)
    return render(request, TRIAL, {"trial": parse_sample(tool, request.POST, integration.name)})


def parse_sample(tool: Tool, said: Mapping[str, Any], integration: str) -> ParserTrial:
    """Return what would be read of the sample by the settings that are said."""
    settings = {s.name: str(said.get(s.name, s.default)).strip() for s in tool.settings}
    sample = str(said.get("sample", ""))[:MAX_SAMPLE_LENGTH]
    if faults := tool.faults(settings):
        labels = {setting.name: setting.label for setting in tool.settings}
        name, sentence = next(iter(faults.items()))
        return ParserTrial(fault=f"{labels[name]}: {sentence}")
    if not sample.strip():
        return ParserTrial()
    try:
        found = tool.read(
            Delivery(sample.encode(), now(), settings=settings, integration=integration)
        )
    except Unreadable as error:
        return ParserTrial(fault=error.reason)
    return ParserTrial(found.events[:SHOWN], found.refused[:SHOWN], len(found.events))


def _asked(request: ActorRequest, integration_id: int) -> tuple[Integration, Tool]:
    integration = alerts.get_integration(integration_id, seen_by=request.actor)
    tool = get_tool(integration.format)
    if tool is None or not tool.settings:
        raise NotFound
    return integration, tool


def _as_it_is(integration: Integration, tool: Tool) -> dict[str, str]:
    told = {s.name: integration.settings.get(s.name, s.default) for s in tool.settings}
    sample = alerts.sample_of(integration)
    return told | {"sample": _readable(bytes(sample.body)) if sample else ""}


def _readable(body: bytes) -> str:
    """Return JSON one member a line, anything else as it came."""
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body.decode(errors="replace")


def _page(
    request: ActorRequest,
    integration: Integration,
    form: ParserSettingsForm,
    trial: ParserTrial,
    status: int = 200,
) -> HttpResponse:
    context = {
        "integration": integration,
        "form": form,
        "trial": trial,
        "sample": alerts.sample_of(integration),
    }
    return render(request, PAGE, context, status=status)
