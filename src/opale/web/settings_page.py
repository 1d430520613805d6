"""Page *Settings*: everything that can be set up, by subject, with a search."""

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import NotAllowed
from opale.organisation.rights import EDIT_SELF
from opale.ui import navigation, palette
from opale.ui.navigation import Area


@require_GET
@needs(EDIT_SELF)
def show(request: ActorRequest) -> HttpResponse:
    """Return the pages of settings that the reader may open, each with what waits there.

    Errors: NotAllowed.
    """
    offered = navigation.entries_for(request.actor, Area.SETTINGS)
    if not offered:
        raise NotAllowed
    text = request.GET.get("q", "").strip()
    found = [entry for entry in offered if palette.matches(entry, text)]
    waiting = dict(navigation.counted_entries(request.actor, Area.SETTINGS))
    groups = [
        (name, [(entry, waiting.get(entry)) for entry in own])
        for name, own in groupby(found, key=lambda one: str(one.group))
    ]
    context = {"groups": groups, "asked": text}
    template = "web/_settings.html" if request.htmx else "web/settings.html"
    return render(request, template, context)
