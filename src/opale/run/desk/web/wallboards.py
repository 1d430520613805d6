"""The wallboard, and the links that open it on screens without a login."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.kernel.isolation import as_application
from opale.organisation.models import Language
from opale.run.desk.actions import wallboards
from opale.run.desk.models import Ticket, WallKey
from opale.run.desk.queries import wallboards as wallboard_queries
from opale.run.desk.queries.wallboards import LONG_AGO, QueueLength
from opale.run.desk.rights import ADMINISTER, CONSOLE
from opale.run.desk.web.assignments import add_errors
from opale.run.desk.web.queue import Line

LONG = 34
"""The longest subject, in characters, that fits on one line of the wallboard."""
SHORT_ROW, LONG_ROW = 2, 3
ROOM = 13
HEADING = 2
NAMES = {
    "none": gettext_lazy("No stream"),
    "asked": gettext_lazy("Escalations not accepted"),
    "missed": gettext_lazy("Missed calls"),
}


@dataclass(frozen=True, slots=True)
class Tile:
    """A queue's tile on the wallboard."""

    name: str
    count: int
    since: datetime | None
    loud: bool

    @classmethod
    def of(cls, waiting: QueueLength, at: datetime) -> "Tile":
        loud = waiting.since is not None and at - waiting.since > LONG_AGO
        return cls(
            str(NAMES.get(str(waiting.name), waiting.name)), waiting.count, waiting.since, loud
        )


class WallKeyForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Location of the screen"), max_length=80)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Language.choices)
    theme = forms.ChoiceField(label=gettext_lazy("Theme"), choices=WallKey.Theme.choices)
    names = forms.BooleanField(
        label=gettext_lazy("Show customer names and ticket subjects"),
        help_text=gettext_lazy("Only where visitors cannot see it."),
        required=False,
    )


@require_GET
@needs(CONSOLE)
def show(request: ActorRequest) -> HttpResponse:
    """Show the wallboard to a logged-in person, with the names that this person may see."""
    return _drawn(request, request.actor, names=True, theme="")


@require_GET
def by_key(request: ActorRequest, key: str) -> HttpResponse:
    """Show the wallboard on a screen without a login."""
    # The key shows the same to everybody, also to a logged-in contact of a customer.
    with as_application():
        held = wallboard_queries.find_wall_key(key)
        wallboards.record_wall_seen(held)
        return _on_screen(request, held)


def _on_screen(request: ActorRequest, held: WallKey) -> HttpResponse:
    with translation.override(held.language):
        answer = _drawn(
            request, wallboard_queries.screen_actor(held), names=held.names, theme=held.theme
        )
        answer.headers["Content-Language"] = held.language
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer


def _drawn(request: ActorRequest, actor: Actor, *, names: bool, theme: str) -> HttpResponse:
    at = clock.now()
    found = wallboard_queries.get_wallboard(seen_by=actor, at=at)
    queues = [Tile.of(waiting, at) for waiting in found.queues]
    urgent = _with_room(found.urgent, ROOM, names=names)
    left = ROOM - HEADING - sum(_height(ticket, names=names) for ticket in urgent)
    context: dict[str, Any] = {
        "wall": found,
        "lines": [Line.of(ticket) for ticket in urgent],
        "more": found.urgent_count - len(urgent),
        "next": [Line.of(ticket) for ticket in _with_room(found.next, left, names=names)],
        "queues": queues,
        "missed": Tile.of(found.missed, at) if found.missed else None,
        "names": names,
        "theme": theme,
        "at": at,
        "here": request.path,
    }
    template = "desk/wall/_wall.html" if request.htmx else "desk/wall/show.html"
    answer = render(request, template, context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _with_room(tickets: Sequence[Ticket], room: int, *, names: bool) -> list[Ticket]:
    """Return the tickets that fit on the screen whole: nothing scrolls there."""
    found = []
    for ticket in tickets:
        room -= _height(ticket, names=names)
        if room < 0:
            break
        found.append(ticket)
    return found


def _height(ticket: Ticket, *, names: bool) -> int:
    return LONG_ROW if names and len(ticket.subject) > LONG else SHORT_ROW


@require_http_methods(["GET", "POST"])
@needs(ADMINISTER)
def keys(request: ActorRequest) -> HttpResponse:
    """List the links of screens; a new one is shown once."""
    said = request.POST if request.method == "POST" else None
    form = WallKeyForm(said, initial={"language": translation.get_language(), "theme": "dark"})
    link = ""
    if request.method == "POST" and form.is_valid():
        try:
            _made, key = wallboards.create_wall_key(by=request.actor, **form.cleaned_data)
        except Invalid as refusal:
            add_errors(form, refusal)
        else:
            link = request.build_absolute_uri(reverse("desk_wall_by_key", args=[key]))
            form = WallKeyForm(initial={"language": translation.get_language(), "theme": "dark"})
    context = {
        "keys": wallboard_queries.wall_keys(seen_by=request.actor),
        "form": form,
        "link": link,
    }
    answer = render(request, "desk/wall/keys.html", context, status=422 if form.errors else 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer
