"""Pages of heartbeats: which are expected, and which are missing."""

from collections.abc import Mapping
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.clock import now
from opale.run.events.actions.heartbeats import create_heartbeat
from opale.run.events.domain.durations import format_duration
from opale.run.events.forms.heartbeats import NewHeartbeatForm
from opale.run.events.models import Heartbeat
from opale.run.events.queries.heartbeats import heartbeats
from opale.run.events.rights import ADMINISTER, READ
from opale.run.events.states import HeartbeatState
from opale.ui.forms import form_page

LIST = "events/heartbeats/_list.html"
SHOWN = 500
TONES: Mapping[HeartbeatState, str] = {
    HeartbeatState.WELL: "done",
    HeartbeatState.LATE: "waiting",
    HeartbeatState.MISSING: "bad",
    HeartbeatState.EXPECTED: "new",
    HeartbeatState.PAUSED: "closed",
}


@require_GET
@needs(READ)
def index(request: ActorRequest) -> HttpResponse:
    template = LIST if request.htmx else "events/heartbeats/list.html"
    return render(request, template, _context(request))


@require_http_methods(["GET", "POST"])
@needs(ADMINISTER)
def new(request: ActorRequest) -> HttpResponse:
    form = NewHeartbeatForm(
        request.POST or None, actor=request.actor, initial={"every": timedelta(hours=1)}
    )
    return form_page(
        request,
        form,
        lambda: create_heartbeat(by=request.actor, **form.cleaned_data),
        title=_("New heartbeat"),
        button=_("Save"),
        back=reverse("events_heartbeats"),
        said=_("It is expected from its first beat on."),
    )


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
