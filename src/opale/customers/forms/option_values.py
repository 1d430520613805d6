"""Field of the options of a line: an input for each option of the offering that is chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from pydantic import Field

from opale.customers.domain.options import Option, fault_of, options_of, plain_value
from opale.customers.models import Offering
from opale.customers.queries.option_values import choice_name, limits_in_words
from opale.customers.queries.options import option_label, options_for_form, value_text
from opale.ui.key_value_field import KeyValueField

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed: lines of names and values, and values by key."""

    text: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Input:
    """An option as it is drawn."""

    name: str
    label: str
    unit: str
    value: str
    help_text: str
    kind: str
    required: bool
    wrong: bool = False
    choices: tuple[tuple[str, str], ...] = ()


class OptionValuesInput(forms.Widget):
    """The inputs of the options. `offering` is the one whose options are asked for; the page asks
    for others when one of the fields `of` changes."""

    is_group = True
    template_name = "customers/widgets/option_values.html"

    def __init__(self, of: tuple[str, ...] = ("offering",)) -> None:
        super().__init__()
        self.of = of
        self.offering: Offering | None = None
        self.refused = False

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        said = data.get(name)
        if isinstance(said, Mapping):
            return said
        start = f"{name}-"
        values = {key.removeprefix(start): data[key] for key in data if key.startswith(start)}
        return Typed(str(said or ""), values)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and not any(key.startswith(f"{name}-") for key in data)

    def id_for_label(self, id_: str) -> str:
        return id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        built = self.build_attrs(self.attrs, attrs)
        self.refused = "aria-invalid" in built
        options = options_of(self.offering.options if self.offering else ())
        text, values = self._shown(value)
        known = {one.key for one in options}
        further = {key: said for key, said in values.items() if key not in known}
        inputs = [self._input(name, one, values.get(one.key, "")) for one in options]
        if options:
            inputs += [self._other(name, key, said) for key, said in further.items()]
        elif further:
            text = str(KeyValueField().prepare_value(options_for_form(further, self.offering)))
        return {
            "widget": {
                "name": name,
                "id": built.get("id", f"id_{name}"),
                "described": built.get("aria-describedby", ""),
                "wrong": built.get("aria-invalid"),
                "text": text,
                "inputs": inputs,
                "free": self.offering is not None and not options,
                "offering": self.offering,
                "url": reverse("customers_option_values"),
                "of": ",".join(self.of),
                "trigger": ", ".join(f"change from:[name={one}]" for one in self.of),
            }
        }

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        return SafeString(
            render_to_string(self.template_name, self.get_context(name, value, attrs))
        )

    def _shown(self, value: Any) -> tuple[str, dict[str, Any]]:
        if isinstance(value, Typed):
            return value.text, dict(value.values)
        return "", dict(value) if isinstance(value, Mapping) else {}

    def _input(self, name: str, option: Option, value: Any) -> Input:
        label, unit = option_label(option.key, self.offering)
        limits = limits_in_words(option) if option.kind == "number" else ""
        choices = tuple((one.value, choice_name(one)) for one in option.choices)
        kept = value_text(value)
        wrong = self.refused and fault_of(option, plain_value(option, kept)) is not None
        if option.kind == "choice" and kept and kept not in {one for one, _label in choices}:
            choices = (*choices, (kept, kept))
        return Input(
            f"{name}-{option.key}", label, unit, kept, limits, option.kind, option.required,
            wrong, choices,
        )  # fmt: skip

    def _other(self, name: str, key: str, value: Any) -> Input:
        label, unit = option_label(key, self.offering)
        other = _("Not an option of this offering: empty it to remove it.")
        return Input(f"{name}-{key}", label, unit, value_text(value), other, "text", False)


class OptionValuesField(forms.Field):
    """The options of a line by key; programs send them as a JSON object."""

    body_type: ClassVar[Any] = Annotated[
        dict[
            Annotated[str, Field(min_length=1, max_length=60)],
            Annotated[str, Field(max_length=LONGEST)],
        ],
        Field(max_length=50),
    ]
    widget: Any

    def __init__(
        self, *, of: tuple[str, ...] = ("offering",), label: Any, required: bool = False
    ) -> None:
        super().__init__(widget=OptionValuesInput(of), label=label, required=required)

    def of(self, offering: Offering | None) -> None:
        """Ask for the options of this offering."""
        self.widget.offering = offering

    def to_python(self, value: Any) -> Any:
        if isinstance(value, Typed):
            typed = KeyValueField(required=False).clean(value.text) if value.text else {}
            return typed | {key: said.strip() for key, said in value.values.items() if said.strip()}
        return dict(value) if isinstance(value, Mapping) else {}

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(dict(initial or {}) != self.to_python(data))


def ask_for_options(form: forms.BaseForm, name: str, offering: Offering | None) -> None:
    """Let the field `name` ask for the options of the offering, or of the service, that the form
    has chosen; of `offering` until it has."""
    field = form.fields[name]
    if not isinstance(field, OptionValuesField):
        raise TypeError(name)
    field.of(_chosen(form) or offering)


def _chosen(form: forms.BaseForm) -> Offering | None:
    for name in ("offering", "service"):
        field = form.fields.get(name)
        if not isinstance(field, forms.ModelChoiceField):
            continue
        bound = form.is_bound
        key = form.data.get(name) if bound else form.get_initial_for_field(field, name)
        if key in (None, ""):
            continue
        try:
            row = field.to_python(key)
        except ValidationError:
            continue
        return row if isinstance(row, Offering) else getattr(row, "offering", None)
    return None
