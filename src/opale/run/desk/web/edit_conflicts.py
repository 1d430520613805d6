"""Two people change the facts of one ticket: the second sees both, and decides field by field.

A form carries what stood there when it was opened. What only one of the two has changed is taken
from that one; where both said something else, nothing is saved until it is decided. Source:
docs/rules/ticket-life-cycle.md, "Two at once".
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from opale.ui.toasts import toast_next

Values = Mapping[str, str]
THEIRS, MINE = "theirs", "mine"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of which both said something else, in words."""

    name: str
    label: str
    before: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`data` is what is to be saved where there are no `open` differences; `kept` names what the
    other one has changed and stays. `before` and `seen` go with the form that asks."""

    data: QueryDict
    open: list[Difference]
    kept: list[str]
    before: str
    seen: str


def as_text(values: Mapping[str, Any]) -> dict[str, str]:
    """Values of a form as the browser sends them."""
    return {name: "" if value is None else str(value) for name, value in values.items()}


def form_baseline(held: Mapping[str, Any]) -> str:
    """What the form carries of what stands there when it is opened."""
    return json.dumps(as_text(held), ensure_ascii=False)


def compare_edits(posted: QueryDict, held: Mapping[str, Any], form: forms.Form) -> Comparison:
    """What was typed against what stands there now. Without a word of what stood there before, a
    form is saved as it is: nobody was shown anything else."""
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


def notify_kept_values(request: HttpRequest, found: Comparison) -> None:
    if found.kept:
        kept = {"fields": ", ".join(found.kept)}
        toast_next(request, _("Saved. A colleague’s change stays too: %(fields)s.") % kept)


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
        row = rows.filter(pk=value).first() if rows is not None and value.isdigit() else None
        return str(getattr(row, "name", row)) if row else _("unknown")
    if isinstance(field, forms.ChoiceField):
        choices = list(cast(Iterable[tuple[Any, Any]], field.choices))
        return next((str(label) for key, label in choices if str(key) == value), value)
    return value
