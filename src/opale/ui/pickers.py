"""Searchable pickers: fields over a long list that is never sent whole to the browser."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

LIMIT = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """Choice of a picker: the stored value, its label, and a quiet note."""

    value: str
    label: str
    note: str = ""


def picker_response(request: HttpRequest, choices: Iterable[Choice]) -> HttpResponse:
    """Return the choices that match `q`, LIMIT at most, as the answer of the picker's URL."""
    shown = [choice for choice, _ in zip(choices, range(LIMIT), strict=False)]
    return render(request, "ui/_options.html", {"choices": shown})


class Picker(forms.Select):
    """Widget of a picker. A ModelChoiceField takes the stored value's label from its queryset."""

    template_name = "ui/widgets/picker.html"

    def __init__(
        self,
        url_name: str,
        *,
        label_of: Callable[[str], str] | None = None,
        attrs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(attrs)
        self.url_name = url_name
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
            "url": reverse(self.url_name),
            "template_name": self.template_name,
        }
        return {"widget": widget}


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
