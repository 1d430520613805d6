"""Toasts: a short sentence after something was done, with its undo where one exists."""

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
    """Say `text` with an answer to htmx. `undo` is a URL that takes a POST."""
    said: Toast = {"text": text, "tone": tone, "undo": undo}
    return trigger(response, "opale:toast", said)


def toast_next(request: HttpRequest, text: str, *, tone: Tone = "done", undo: str = "") -> None:
    """Say `text` on the next full page, after a redirect."""
    messages.add_message(request, LEVELS[tone], text, extra_tags=undo, fail_silently=True)


def trigger(response: R, event: str, detail: object = None) -> R:
    """Let an event happen in the browser, beside those that the answer already names."""
    named = json.loads(response.headers.get("HX-Trigger", "{}"))
    # json.dumps keeps to ASCII, which a header demands.
    response.headers["HX-Trigger"] = json.dumps({**named, event: detail})
    return response
