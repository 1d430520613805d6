"""What the pages of this room have in common: a form in place, and what history says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django import forms
from django.db.models import Field, Model
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from opale.endpoints.http import AskedRequest
from opale.kernel.history import Difference, Revision
from opale.organisation import queries
from opale.organisation.web.forms import done
from opale.ui.toasts import toast_next

Label = str | Promise


def form_page(
    request: AskedRequest,
    form: forms.Form,
    action: Callable[[], object],
    *,
    title: Label,
    button: Label,
    said: Label,
    back: str,
) -> HttpResponse:
    """A form that opens in place or as a page of its own; done, it leads to `back`."""
    if request.method == "POST" and done(form, action):
        toast_next(request, str(said))
        return redirect(back)
    context = {"form": form, "title": title, "button": button, "back": back}
    template = "organisation/_form.html" if request.htmx else "organisation/form.html"
    return render(request, template, context, status=422 if form.errors else 200)


def went(request: AskedRequest, url: str) -> HttpResponse:
    """To a whole page, from a button pressed by htmx or by the browser."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


@dataclass(frozen=True, slots=True)
class Told:
    """One line of "who changed what"."""

    at: datetime
    by: str
    what: str
    changes: list[tuple[str, str, str]]
    reason: str


def told(revisions: list[Revision]) -> list[Told]:
    return [
        Told(
            r.at,
            r.actor_name,
            str(r.model._meta.verbose_name),
            [_change(r.model, d) for d in r.differences],
            r.reason if not r.deleted else _("Removed"),
        )
        for r in revisions
    ]


def _change(model: type[Model], difference: Difference) -> tuple[str, str, str]:
    field = cast("Field[Any, Any]", model._meta.get_field(difference.column))
    return (
        difference.label,
        _shown(field, difference.before),
        _shown(field, difference.after),
    )


def _shown(field: "Field[Any, Any]", value: Any) -> str:
    """A stored value as people read it: a choice by its label, a row by its name."""
    if value is None or value == "":
        return _("nothing")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field.is_relation and field.related_model:
        return queries.name_of(field.related_model, value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if hasattr(value, "lower") and hasattr(value, "upper") and not isinstance(value, str):
        ends = _("ongoing") if value.upper is None else _moment(value.upper)
        return f"{_moment(value.lower)} – {ends}"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or _("nothing")
    return str(value)


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return date_format(localtime(value), "SHORT_DATETIME_FORMAT")
    return str(value)
