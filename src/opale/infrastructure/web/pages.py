"""What the views of this room share."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from opale.endpoints.http import AskedRequest
from opale.ui.components.lists import Chip


def form_page(
    request: AskedRequest, form: Any, *, title: str, verb: str, back: str, back_label: str
) -> HttpResponse:
    """A page with one form; 422 when something was refused."""
    context = {"form": form, "title": title, "verb": verb, "back": back, "back_label": back_label}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "infrastructure/form.html", context, status=status)


def go(request: AskedRequest, url: str) -> HttpResponse:
    """To another page, also for htmx."""
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def chips_of(request: AskedRequest, name: str, choices: Iterable[tuple[str, Any]]) -> list[Chip]:
    """One filter as chips: a chosen one can be taken away."""
    asked = request.GET.get(name, "")
    found = []
    for value, label in choices:
        query = request.GET.copy()
        for gone in (name, "before", "after"):
            query.pop(gone, None)
        if value != asked:
            query[name] = value
        found.append(Chip(label, f"?{query.urlencode()}", value == asked, value == asked))
    return found
