"""Regions of a page that htmx is given after an act, in place of a redirect."""

from copy import copy
from typing import Final

from django.http import HttpResponse, QueryDict
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from opale.endpoints.http import ActorRequest
from opale.ui.toasts import Tone, toast, toast_next

LIST: Final = "list_address"
"""Sent by a button on a line of a list: the address of that list, as it is filtered and sorted."""


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
    address, _mark, query = url.partition("?")
    found = resolve(address)
    reading = copy(request)
    reading.method, reading.path, reading.path_info = "GET", address, address
    reading.GET, reading.POST = QueryDict(query), QueryDict()
    reading.META = {**request.META, "QUERY_STRING": query}
    reading.resolver_match = found
    drawn: HttpResponse = found.func(reading, *found.args, **found.kwargs)
    return drawn


def list_address(request: ActorRequest) -> str:
    """Return the address of the list on a line of which an act was done or undone; "" elsewhere."""
    asked = request.POST.get(LIST) or request.GET.get(LIST, "")
    if not asked.startswith("/") or not url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return ""
    try:
        resolve(asked.partition("?")[0])
    except Resolver404:
        return ""
    return asked
