"""Pane beside a list: any page can be drawn in it without its frame, where `o-work` asks for it.

The pane (static/opale/beside.js) requests the page itself: the pane and the page of the same
address come from one template and cannot diverge.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase

from opale.ui.toasts import Tone, toast

SIDE_PANE = "o-beside"
"""The id of the pane, which htmx names as its target."""
PANEL = "o-panel-body"


def targets_side_pane(request: HttpRequest) -> bool:
    """Return whether the answer is drawn into the pane."""
    return request.headers.get("HX-Target") == SIDE_PANE and "HX-Request" in request.headers


def targets_panel(request: HttpRequest) -> bool:
    """Return whether the answer is drawn into the panel of forms (static/opale/panel.js)."""
    return request.headers.get("HX-Target") == PANEL and "HX-Request" in request.headers


def is_in_side_pane(request: HttpRequest) -> bool:
    """Return whether the answer is the pane, or a part of a page in it."""
    return targets_side_pane(request) or "Opale-Beside" in request.headers


def show_pending_toast(request: HttpRequest, response: HttpResponseBase) -> None:
    """Show as a toast in the pane what an act left to be said by the next page."""
    tones: dict[str, Tone] = {"success": "done", "info": "note", "error": "bad"}
    for said in messages.get_messages(request):
        tone = tones.get(said.level_tag, "note")
        toast(response, str(said.message), tone=tone, undo=said.extra_tags or "")
