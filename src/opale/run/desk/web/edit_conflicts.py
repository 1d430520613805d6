"""Concurrent edits of one ticket: the second editor sees both, and decides field by field.

A form carries the values from when it was opened. What only one of the two has changed is taken
from that one; where both changed a field differently, nothing is saved until it is decided.

Source: docs/rules/ticket-life-cycle.md, "Two at once".
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from opale.kernel.whole_numbers import parse_number
from opale.ui.toasts import toast_next

Values = Mapping[str, str]
THEIRS, MINE = "theirs", "mine"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that both edited differently, in words."""

    name: str
    label: str
    before: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of a comparison. `data` is what is to be saved where there are no `open`
    differences; `kept` names the fields whose change by the other editor stays. `before` and `seen`
    are hidden fields of the form."""

    data: QueryDict
    open: list[Difference]
    kept: list[str]
    before: str
    seen: str


def as_text(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of a form as the browser sends them."""
    return {name: "" if value is None else str(value) for name, value in values.items()}


def form_baseline(held: Mapping[str, Any]) -> str:
    """Return the present values for the form to carry, as they are when it is opened."""
    return json.dumps(as_text(held), ensure_ascii=False)


def compare_edits(posted: QueryDict, held: Mapping[str, Any], form: forms.Form) -> Comparison:
    """Compare the posted values with the present ones. A form that carries no opening values is
    saved as it is: no other values were shown."""
    theirs = as_text(held)
    before = {**theirs, **_read(posted.get("opened_with", ""))}
    seen = _read(posted.get("seen_theirs", ""))
    data = posted.copy()
    differing, kept = [], []
    for name, now in theirs.items():
        mine = posted.get(name, "").strip()
        if name not in form.fields or now == before[name] or mine == now:
            continue
        decision = posted.get(f"decide-{name}") if seen.get(name) == now else None
        if mine == before[name] or decision == THEIRS:
            data[name] = now
            kept.append(str(form.fields[name].label))
        elif decision != MINE:
            differing.append(_told(form, name, before[name], now, mine))
    return Comparison(
        data,
        differing,
        kept,
        json.dumps(before, ensure_ascii=False),
        json.dumps(theirs, ensure_ascii=False),
    )


def notify_saved(request: HttpRequest, found: Comparison, *, undo: str = "") -> None:
    """Say that the form was saved, and what a colleague had changed meanwhile."""
    kept = {"fields": ", ".join(found.kept)}
    said = _("Saved. Also kept, changed by a colleague: %(fields)s.") % kept
    toast_next(request, said if found.kept else _("Saved."), undo=undo)


def _read(text: str) -> dict[str, str]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name): str(value) for name, value in found.items()}


def _told(form: forms.Form, name: str, before: str, theirs: str, mine: str) -> Difference:
    field = form.fields[name]
    return Difference(
        name,
        str(field.label),
        *(_in_words(field, value) for value in (before, theirs, mine)),
    )


def _in_words(field: forms.Field, value: str) -> str:
    if not value:
        return _("nothing")
    if isinstance(field, forms.ModelChoiceField):
        rows = field.queryset
        key = parse_number(value)
        row = None if rows is None or key is None else rows.filter(pk=key).first()
        return str(getattr(row, "name", row)) if row else _("unknown")
    if isinstance(field, forms.ChoiceField):
        choices = list(cast(Iterable[tuple[Any, Any]], field.choices))
        return next((str(label) for key, label in choices if str(key) == value), value)
    return value
