"""Searchable pickers: fields over a long list that is never sent whole to the browser."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Case, QuerySet, Value, When
from django.forms.models import ModelChoiceIterator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

LIMIT = 20
EVERYTHING = "everything"
"""Sent by a picker whose reader asked for the rest too."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Choice of a picker: the stored value, its label, and a quiet note.

    `own` says that it belongs to what the form already names, see Narrowing.
    """

    value: str
    label: str
    note: str = ""
    own: bool = False


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the form already names, such as its customer: a picker offers its rows alone.

    With `everything` the reader asked for the rest too: its rows come first. `keys` are the keys
    of its rows.
    """

    name: str
    keys: "QuerySet[Any]"
    everything: bool

    @classmethod
    def of(
        cls, named: object | None, rows: "QuerySet[Any]", request: HttpRequest
    ) -> "Narrowing | None":
        """Return the narrowing to `rows`, those of what is named; None where nothing is."""
        if named is None:
            return None
        return cls(str(named), rows.values("pk"), EVERYTHING in request.GET)


def narrowed(rows: "QuerySet[Any]", narrowing: Narrowing | None, *order: Any) -> "QuerySet[Any]":
    """Return the first LIMIT rows in their order: those of the narrowing alone, or first."""
    if narrowing is None:
        return rows.order_by(*order)[:LIMIT]
    own: QuerySet[Any]
    if narrowing.everything:
        first = Case(When(pk__in=narrowing.keys, then=Value(True)), default=Value(False))
        own = rows.annotate(own=first).order_by("-own", *order)
    else:
        own = rows.filter(pk__in=narrowing.keys).annotate(own=Value(True)).order_by(*order)
    return own[:LIMIT]


def is_own(row: Any) -> bool:
    """Return whether a row of `narrowed` belongs to what the form names."""
    return bool(getattr(row, "own", False))


def picker_response(
    request: HttpRequest, choices: Iterable[Choice], narrowing: Narrowing | None = None
) -> HttpResponse:
    """Return the choices that match `q`, LIMIT at most, as the answer of the picker's URL."""
    shown = [choice for choice, _ in zip(choices, range(LIMIT), strict=False)]
    return render(request, "ui/_options.html", {"choices": shown, "narrowing": narrowing})


class Picker(forms.Select):
    """Widget of a picker. A ModelChoiceField takes the stored value's label from its queryset.

    `within` names fields of the same form, whose values are sent with the search; `known` holds
    values that the form does not ask for. The view offers what belongs to them first.
    """

    template_name = "ui/widgets/picker.html"

    def __init__(
        self,
        url_name: str,
        *,
        within: Sequence[str] = (),
        label_of: Callable[[str], str] | None = None,
        attrs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(attrs)
        self.url_name = url_name
        self.within = within
        self.known: dict[str, object] = {}
        self.label_of = label_of

    def shown(self, value: str) -> str:
        """Return the label of the stored value, without reading any other choice."""
        if not value:
            return ""
        if self.label_of:
            return self.label_of(value)
        if isinstance(self.choices, ModelChoiceIterator):
            field = self.choices.field
            if field.queryset is not None:
                found = field.queryset.filter(**{field.to_field_name or "pk": value}).first()
                return str(field.label_from_instance(found)) if found else ""
        return ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        built = self.build_attrs(self.attrs, attrs)
        built.pop("required", None)
        stored = "" if value is None else str(value)
        try:
            shown = self.shown(stored)
        except ValueError:
            stored = shown = ""
        widget = {
            "name": name,
            "value": stored,
            "shown": shown,
            "attrs": {key: v for key, v in built.items() if key != "id"},
            "id": built.get("id", f"id_{name}"),
            "url": reverse(self.url_name, query=self.known or None),
            "within": " ".join(self.within),
            "template_name": self.template_name,
        }
        return {"widget": widget}


def narrow_pickers(form: forms.BaseForm, **known: object) -> None:
    """Let the pickers of the form begin with what belongs to what it does not ask for."""
    for field in form.fields.values():
        if isinstance(field.widget, Picker):
            field.widget.known = known


class PickerField(forms.CharField):
    """Picker over choices that are not rows of one table."""

    def __init__(
        self,
        *,
        url_name: str,
        label: "Words",
        required: bool = True,
        help_text: "Words" = "",
        label_of: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__(
            label=label,
            required=required,
            help_text=help_text,
            widget=Picker(url_name, label_of=label_of),
        )
