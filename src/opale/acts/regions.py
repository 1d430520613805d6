"""Regions of a page that htmx is given after an act, in place of a redirect."""

from copy import copy

from django.http import HttpResponse, QueryDict
from django.urls import resolve

from opale.endpoints.http import ActorRequest
from opale.ui.toasts import Tone, toast, toast_next


def answered(
    request: ActorRequest, said: str, *, region: str = "", tone: Tone = "done", undo: str = ""
) -> HttpResponse | None:
    """Return the region at this address with the words, or keep the words for the next page.

    Without a region, or for a browser without script, it is None: the act goes on to its redirect.
    """
    if region and request.htmx:
        drawn = region_at(request, region)
        return toast(drawn, said, tone=tone, undo=undo) if said else drawn
    if said:
        toast_next(request, said, tone=tone, undo=undo)
    return None


def region_at(request: ActorRequest, url: str) -> HttpResponse:
    """Return what a GET of an address answers to the same reader."""
    found = resolve(url)
    reading = copy(request)
    reading.method, reading.path, reading.path_info = "GET", url, url
    reading.GET = reading.POST = QueryDict()
    reading.resolver_match = found
    drawn: HttpResponse = found.func(reading, *found.args, **found.kwargs)
    return drawn
