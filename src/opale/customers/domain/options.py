"""Options of offerings: their kinds, and the values that they take. Pure.

An offering keeps each option as a document: `key`, `name_en`, `name_fr` and `unit`, and where they
are needed `kind`, `least`, `most`, `decimals`, `choices` and `required`. Source:
docs/rules/options.md.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal

Kind = Literal["text", "number", "choice"]
Fault = Literal["missing", "no_number", "too_small", "too_large", "too_fine", "no_choice"]
MOST_DECIMALS: Final = 6
NUMBER: Final = re.compile(r"-?\d{1,15}([.,]\d{1,6})?")
"""A number as people write it."""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    name_en: str
    name_fr: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An option. `least` and `most` are in its unit, `decimals` how many a number may have."""

    key: str
    name_en: str
    name_fr: str
    unit: str = ""
    kind: Kind = "text"
    least: Decimal | None = None
    most: Decimal | None = None
    decimals: int = 0
    choices: tuple[Choice, ...] = ()
    required: bool = False

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Option":
        """Return the option that an offering keeps."""
        return cls(
            key=record["key"],
            name_en=record["name_en"],
            name_fr=record["name_fr"],
            unit=record.get("unit", ""),
            kind=record.get("kind", "text"),
            least=_limit(record.get("least")),
            most=_limit(record.get("most")),
            decimals=int(record.get("decimals", 0)),
            choices=tuple(Choice(**one) for one in record.get("choices", ())),
            required=bool(record.get("required", False)),
        )


def options_of(records: Iterable[Mapping[str, Any]]) -> tuple[Option, ...]:
    return tuple(Option.of(one) for one in records)


def _limit(said: object) -> Decimal | None:
    return None if said in (None, "") else Decimal(str(said))


def plain_value(option: Option, value: object) -> object:
    """Return a value as it is kept: a number with a point and without its unit, a choice by its
    value where it was given by a name. What fits neither is returned as it is."""
    if not isinstance(value, str):
        return value
    text = " ".join(value.split())
    if option.kind == "number":
        number = text.casefold().removesuffix(option.unit.casefold()).strip()
        return number.replace(",", ".") if NUMBER.fullmatch(number) else text
    if option.kind == "choice":
        for one in option.choices:
            if text.casefold() in {n.casefold() for n in (one.value, one.name_en, one.name_fr)}:
                return one.value
    return text


def fault_of(option: Option, value: object) -> Fault | None:
    """Return what is wrong with a plain value; None where it may stand."""
    if value is None or value == "":
        return "missing" if option.required else None
    if option.kind == "number":
        return _fault_of_number(option, value)
    if option.kind == "choice" and all(value != one.value for one in option.choices):
        return "no_choice"
    return None


def _fault_of_number(option: Option, value: object) -> Fault | None:
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        return "no_number"
    if option.least is not None and number < option.least:
        return "too_small"
    if option.most is not None and number > option.most:
        return "too_large"
    if number != number.quantize(Decimal(1).scaleb(-option.decimals)):
        return "too_fine"
    return None
