"""Toasts: short confirmations of what was done, with an undo where there is one."""

import json
from typing import Literal, TypedDict, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase

Tone = Literal["done", "note", "bad"]
R = TypeVar("R", bound=HttpResponseBase)

LEVELS: dict[Tone, int] = {
    "done": messages.SUCCESS,
    "note": messages.INFO,
    "bad": messages.ERROR,
}


class Toast(TypedDict):
    text: str
    tone: Tone
    undo: str


def toast(response: R, text: str, *, tone: Tone = "done", undo: str = "") -> R:
    """Add a toast to an answer to htmx. `undo` is a URL that takes a POST."""
    said: Toast = {"text": text, "tone": tone, "undo": undo}
    return trigger(response, "opale:toast", said)


def toast_next(request: HttpRequest, text: str, *, tone: Tone = "done", undo: str = "") -> None:
    """Show a toast on the next full page, after a redirect."""
    messages.add_message(request, LEVELS[tone], text, extra_tags=undo, fail_silently=True)


def trigger(response: R, event: str, detail: object = None) -> R:
    """Trigger an event in the browser, beside those that the answer already names."""
    named = json.loads(response.headers.get("HX-Trigger", "{}"))
    # json.dumps keeps to ASCII, which a header demands.
    response.headers["HX-Trigger"] = json.dumps({**named, event: detail})
    return response
