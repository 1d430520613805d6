"""Form of an offering, with its options one a line."""

import re
from decimal import Decimal
from typing import Any, ClassVar, Final, Literal, NotRequired

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import TypedDict  # pydantic asks for this one before Python 3.12

from opale.customers.models import Offering
from opale.ui.forms import RowForm
from opale.ui.typed_dates import DayField

WRITTEN_OPTION: Final = re.compile(
    r"(?P<key>[^:*]+?)(?P<required>\*?)\s*:\s*(?P<name_en>[^()\[\]]+?)"
    r"(\s+/\s+(?P<name_fr>[^()\[\]]+?))?(\s*\((?P<unit>[^()]*)\))?(\s*\[(?P<takes>[^\[\]]*)\])?"
)
WRITTEN_LIMITS: Final = re.compile(r"(?P<least>-?[\d.,]*?)\s*\.\.\s*(?P<most>-?[\d.,]*)")
NUMBER: Final = re.compile(r"-?\d{1,15}([.,](?P<decimals>\d{1,6}))?")
EXAMPLE = gettext_lazy("Enter one per line, as power_kw: Power / Puissance (kW) [0.5..20].")


class OptionChoice(TypedDict):
    value: str
    name_en: str
    name_fr: str


class OfferingOption(TypedDict):
    """An option as programs send it. `least` and `most` are of a number, in the option's unit,
    `decimals` how many it may have; `choices` are the values of a choice."""

    key: str
    name_en: str
    name_fr: str
    unit: NotRequired[str]
    kind: NotRequired[Literal["text", "number", "choice"]]
    least: NotRequired[str | None]
    most: NotRequired[str | None]
    decimals: NotRequired[int]
    choices: NotRequired[list[OptionChoice]]
    required: NotRequired[bool]


class OptionsField(forms.CharField):
    """A field for an offering's options, one a line, each with what it takes in brackets:
    `power_kw*: Power / Puissance (kW) [0.5..20]`, `access: Access / Accès [fibre | 4G]`.

    A star says that it is required; `[..]` is any number, whose decimals are those of the limits. A
    single name is used for both languages. Programs send a list.
    """

    body_type: ClassVar[Any] = list[OfferingOption]

    def __init__(self, **said: Any) -> None:
        for name in ("encoder", "decoder"):
            said.pop(name, None)
        super().__init__(**said | {"widget": forms.Textarea(attrs={"rows": 6}), "initial": []})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        return [read_option(line) for line in str(value or "").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(map(write_option, value))


def read_option(line: str) -> dict[str, Any]:
    """Return the option of a written line. Errors: ValidationError."""
    found = WRITTEN_OPTION.fullmatch(line.strip())
    if found is None:
        raise ValidationError(EXAMPLE)
    said: dict[str, Any] = {
        name: (found[name] or "").strip() for name in ("key", "name_en", "name_fr", "unit")
    }
    said["name_fr"] = said["name_fr"] or said["name_en"]
    if found["takes"] is not None:
        said |= _taken(found["takes"].strip())
    return said | ({"required": True} if found["required"] else {})


def _taken(text: str) -> dict[str, Any]:
    limits = WRITTEN_LIMITS.fullmatch(text)
    if limits is None and ".." in text:
        raise ValidationError(EXAMPLE)
    if limits is None:
        return {"kind": "choice", "choices": [_choice(one) for one in text.split("|")]}
    said: dict[str, Any] = {"kind": "number"}
    for name in ("least", "most"):
        if not limits[name]:
            continue
        number = NUMBER.fullmatch(limits[name])
        if number is None:
            raise ValidationError(EXAMPLE)
        said[name] = limits[name].replace(",", ".")
        said["decimals"] = max(said.get("decimals", 0), len(number["decimals"] or ""))
    return said


def _choice(text: str) -> dict[str, str]:
    value, _equals, names = (part.strip() for part in text.partition("="))
    english, _slash, french = (part.strip() for part in names.partition(" / "))
    if not value:
        raise ValidationError(_("Write the choices with a bar between them: [fibre | 4G]."))
    english = english or value
    return {"value": value, "name_en": english, "name_fr": french or english}


def write_option(option: dict[str, Any]) -> str:
    """Return an option as a line, which reads as the same option."""
    star = "*" if option.get("required") else ""
    line = f"{option['key']}{star}: {option['name_en']} / {option['name_fr']}"
    if option.get("unit"):
        line += f" ({option['unit']})"
    if option.get("kind") == "number":
        least, most = (_written_limit(option, name) for name in ("least", "most"))
        line += f" [{least}..{most}]"
    elif option.get("kind") == "choice":
        line += f" [{' | '.join(map(_written_choice, option['choices']))}]"
    return line


def _written_limit(option: dict[str, Any], name: str) -> str:
    """Return a limit with the decimals that its option may have."""
    if option.get(name) in (None, ""):
        return ""
    return f"{Decimal(str(option[name])):.{int(option.get('decimals', 0))}f}"


def _written_choice(choice: dict[str, str]) -> str:
    value, english, french = choice["value"], choice["name_en"], choice["name_fr"]
    if value == english == french:
        return value
    return f"{value} = {english}" + (f" / {french}" if french != english else "")


class OfferingForm(RowForm):
    class Meta:
        model = Offering
        fields = ("code", "family", "name_en", "name_fr", "options", "retired_on")
        field_classes: ClassVar[dict[str, Any]] = {"retired_on": DayField, "options": OptionsField}
        help_texts: ClassVar[dict[str, Any]] = {
            "options": gettext_lazy(
                "One per line, as power_kw*: Power / Puissance (kW) [0.5..20]. The star: required."
                " In brackets: the limits of a number, [..] for any, or choices, [fibre | 4G]."
            ),
        }
