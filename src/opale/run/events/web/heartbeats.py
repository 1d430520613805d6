"""Pages of heartbeats: which are expected, and which are missing."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.clock import now
from opale.kernel.errors import Invalid
from opale.run.events.actions import heartbeats as heartbeat_actions
from opale.run.events.domain.durations import format_duration
from opale.run.events.forms.fields import TimeSpanField
from opale.run.events.models import Heartbeat
from opale.run.events.ports.tools import get_tool
from opale.run.events.queries.alerts import get_integration, integrations
from opale.run.events.queries.heartbeats import get_heartbeat, heartbeats
from opale.run.events.rights import ADMINISTER, READ
from opale.run.events.states import HeartbeatState, Severity
from opale.ui.toasts import toast, toast_next

SHOWN = 500
TONES: Mapping[HeartbeatState, str] = {
    HeartbeatState.WELL: "done",
    HeartbeatState.LATE: "waiting",
    HeartbeatState.MISSING: "bad",
    HeartbeatState.EXPECTED: "new",
    HeartbeatState.PAUSED: "closed",
}


class HeartbeatForm(forms.Form):
    every = TimeSpanField(
        label=gettext_lazy("Expected every"),
        max_length=12,
        initial=timedelta(hours=1),
        help_text=gettext_lazy("90s, 5m, 2h or 1d."),
    )
    grace = TimeSpanField(
        label=gettext_lazy("Grace"),
        max_length=12,
        initial=timedelta(minutes=5),
        help_text=gettext_lazy("How late it may be before an alert rises."),
    )
    severity = forms.TypedChoiceField(
        label=gettext_lazy("Severity of the alert"),
        coerce=lambda value: Severity(int(value)),
        choices=[(s.value, s.label) for s in reversed(Severity) if s is not Severity.CLEAR],
        initial=Severity.MAJOR.value,
    )


class NewHeartbeatForm(HeartbeatForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("It ends the address that is to be fetched."),
    )
    field_order = ("integration", "name", "every", "grace", "severity")

    def __init__(self, request: ActorRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = integrations(seen_by=request.actor)[:200]
        own = [one for one in found if _takes_heartbeats(one.format)]
        self.fields["integration"] = forms.ChoiceField(
            label=gettext_lazy("Integration"), choices=[(one.pk, one.name) for one in own]
        )
        self.order_fields(self.field_order)


@require_GET
@needs(READ)
def index(request: ActorRequest) -> HttpResponse:
    template = "events/heartbeats/_list.html" if request.htmx else "events/heartbeats/list.html"
    return render(request, template, _context(request))


@require_http_methods(["GET", "POST"])
@needs(ADMINISTER)
def new(request: ActorRequest) -> HttpResponse:
    form = NewHeartbeatForm(request, request.POST or None)
    if form.is_valid():
        told = dict(form.cleaned_data)
        of = get_integration(int(told.pop("integration")), seen_by=request.actor)
        try:
            heartbeat_actions.create_heartbeat(of, **told, by=request.actor)
            toast_next(request, _("It is expected from its first beat on."))
            return redirect("events_heartbeats")
        except Invalid as error:
            _refuse(form, error)
    status = 422 if form.is_bound else 200
    return render(request, "events/heartbeats/edit.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@needs(ADMINISTER)
def edit(request: ActorRequest, heartbeat_id: int) -> HttpResponse:
    found = get_heartbeat(heartbeat_id, seen_by=request.actor)
    as_it_is = {"every": found.every, "grace": found.grace, "severity": found.severity}
    form = HeartbeatForm(request.POST or None, initial=as_it_is)
    if form.is_valid():
        try:
            heartbeat_actions.edit_heartbeat(found, **form.cleaned_data, by=request.actor, at=now())
            toast_next(request, _("Kept."))
            return redirect("events_heartbeats")
        except Invalid as error:
            _refuse(form, error)
    status = 422 if form.is_bound else 200
    context = {"form": form, "heartbeat": found}
    return render(request, "events/heartbeats/edit.html", context, status=status)


@require_POST
@needs(ADMINISTER)
def activity(request: ActorRequest, heartbeat_id: int) -> HttpResponse:
    found = get_heartbeat(heartbeat_id, seen_by=request.actor)
    heartbeat_actions.edit_heartbeat(found, active=not found.active, by=request.actor, at=now())
    said = _("It is not expected for now.") if found.active else _("It is expected again.")
    undo = reverse("events_heartbeat_activity", args=[heartbeat_id])
    return _redrawn(request, said, undo)


@require_POST
@needs(ADMINISTER)
def remove(request: ActorRequest, heartbeat_id: int) -> HttpResponse:
    found = get_heartbeat(heartbeat_id, seen_by=request.actor)
    heartbeat_actions.remove_heartbeat(found, by=request.actor, at=now())
    return _redrawn(request, _("It is expected no more."))


def _takes_heartbeats(format: str) -> bool:  # noqa: A002  # as the model names it
    tool = get_tool(format)
    return tool is not None and tool.brings_events


def _refuse(form: forms.Form, error: Invalid) -> None:
    for name, sentence in error.fields.items():
        form.add_error(name if name in form.fields else None, sentence)


def _redrawn(request: ActorRequest, said: str, undo: str = "") -> HttpResponse:
    if request.htmx:
        drawn = render(request, "events/heartbeats/_list.html", _context(request))
        return toast(drawn, said, undo=undo)
    toast_next(request, said, undo=undo)
    return redirect("events_heartbeats")


def _context(request: ActorRequest) -> dict[str, object]:
    at = now()
    found: list[Heartbeat] = list(heartbeats(seen_by=request.actor)[:SHOWN])
    lines = [
        (
            one,
            (pulse := one.pulse(at)),
            TONES[pulse],
            format_duration(one.every),
            format_duration(one.grace),
        )
        for one in found
    ]
    return {"lines": lines, "may_administer": request.actor.can(ADMINISTER)}
