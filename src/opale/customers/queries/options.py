"""Options of catalogue items, as people read and write them.

Designs and orders keep them under the key that programs use; people see the name that the offering
gives it, or a readable form of the key where it gives none.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from opale.customers.models import Offering
from opale.kernel.history import Difference, Revision

UNITS: Final[Mapping[str, str | Promise]] = {
    "u": "U",
    "kw": "kW",
    "kva": "kVA",
    "mbps": "Mbit/s",
    "gbps": "Gbit/s",
    "gib": gettext_lazy("GiB"),
    "tib": gettext_lazy("TiB"),
    "percent": "%",
}
"""The unit that the end of a key means, unless the offering gives one."""

OWN: Final[Mapping[str, str | Promise]] = {
    "site": gettext_lazy("Site"),
    "address": gettext_lazy("Address"),
}
"""Options that a design itself adds to its lines."""

NUMBER: Final = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,6})?")


def option_label(key: str, offering: Offering | None) -> tuple[str, str]:
    """Return an option's name in the reader's language, and its unit."""
    for one in offering.options if offering is not None else ():
        if one["key"] == key:
            name = one["name_fr" if (get_language() or "").startswith("fr") else "name_en"]
            return name, _unit(one["unit"])
    if key in OWN:
        return str(OWN[key]), ""
    words = [word for word in key.split("_") if word]
    unit = UNITS.get(words[-1].lower()) if len(words) > 1 else None
    if unit is not None:
        words.pop()
    name = " ".join(words) or key
    return name[:1].upper() + name[1:], str(unit or "")


def format_options(values: Mapping[str, Any], offering: Offering | None) -> list[str]:
    """Return each option as text: "Power: 4 kW"."""
    found = []
    for key, value in values.items():
        name, unit = option_label(key, offering)
        found.append(_("%(option)s: %(value)s") % {"option": name, "value": _value(value, unit)})
    return found


def options_for_form(values: Mapping[str, Any], offering: Offering | None) -> dict[str, str]:
    """Return the options for a form: names instead of keys, values as stored."""
    found: dict[str, str] = {}
    for key, value in values.items():
        name, unit = option_label(key, offering)
        called = f"{name} ({unit})" if unit else name
        # An ambiguous name, or one that could not be read back, is shown as its key.
        plain = called not in found and ":" not in called
        found[called if plain and _known(offering, key) else key] = value_text(value)
    return found


def parse_options(
    typed: Mapping[str, str], *offerings: Offering | None, before: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what was typed under names or keys, by key; an unchanged value keeps its type."""
    keys: dict[str, str] = {}
    for offering in offerings:
        for one in offering.options if offering is not None else ():
            for name in (one["key"], one["name_en"], one["name_fr"]):
                keys.setdefault(name.casefold(), one["key"])
                if one["unit"]:
                    for unit in {one["unit"], _unit(one["unit"])}:
                        keys.setdefault(f"{name} ({unit})".casefold(), one["key"])
    found: dict[str, Any] = {}
    for name, said in typed.items():
        key = name if name in before else keys.get(name.casefold(), name)
        kept = key in before and value_text(before[key]) == said
        found[key] = before[key] if kept else said
    return found


def options_in_history(found: Sequence[Revision], column: str) -> list[Revision]:
    """Return a history whose changes of options are shown by their names."""
    about = [one for one in found if any(said.column == column for said in one.differences)]
    if not about:
        return list(found)
    ids = {getattr(one.row, "offering_id", None) or 0 for one in about}
    offerings = Offering.objects.in_bulk(ids)
    return [_told(one, column, offerings) if one in about else one for one in found]


def _told(revision: Revision, column: str, offerings: Mapping[int, Offering]) -> Revision:
    offering = offerings.get(getattr(revision.row, "offering_id", None) or 0)
    differences = tuple(
        Difference(
            one.column,
            one.label,
            format_options(one.before, offering),
            format_options(one.after, offering),
        )
        if one.column == column
        else one
        for one in revision.differences
    )
    return replace(revision, differences=differences)


def value_text(value: Any) -> str:
    """Return a value in one line: a text as it is, anything else as JSON."""
    if isinstance(value, str):
        return " ".join(value.split())
    return json.dumps(value, ensure_ascii=False)


def _known(offering: Offering | None, key: str) -> bool:
    return offering is not None and any(one["key"] == key for one in offering.options)


def _unit(unit: str) -> str:
    return str(UNITS.get(unit.lower(), unit))


def _value(value: Any, unit: str) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = value_text(value)
    if not unit:
        return text
    if NUMBER.fullmatch(text):
        text = number_format(Decimal(text), force_grouping=abs(Decimal(text)) >= 10_000)
    return f"{text}\N{NO-BREAK SPACE}{unit}"
