"""Names of an item's units: U12 of a rack, port 7 of a switch. Reads no database.

Source: docs/rules/reservations.md, "Units".
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.translation import gettext as _

from opale.infrastructure.models import ConfigurationItem
from opale.kernel.errors import Invalid

K = ConfigurationItem.Kind
MOST: Final = 100
LONGEST: Final = 40
HIGHEST: Final = 1_000
NAMES: Final[Mapping[str, tuple[str, str]]] = {
    K.RACK: ("U", "units"),
    K.SWITCH: ("port ", "ports"),
    K.ROUTER: ("port ", "ports"),
    K.FIREWALL: ("port ", "ports"),
}
"""The prefix of units, and the property of the item that gives their number, by kind."""
_NUMBERED: Final = re.compile(r"(?P<head>\D*)(?P<number>\d+)")
_RANGE: Final = re.compile(
    r"(?P<head>\D*?)(?P<first>\d+)\s*(?:-|–|\bto\b|\bà\b)\s*(?P<again>\D*?)(?P<last>\d+)"
)


def parse_units(text: str, item: ConfigurationItem) -> list[str]:
    """Parse the units that a text names: "U12 to U15, U20", "7", in their order, each once.

    Errors: Invalid (nothing, too many, a unit that the item has not).
    """
    found: list[str] = []
    for part in re.split(r"[,;\n]", text):
        if said := " ".join(part.split()):
            found += _expanded(said)
    names = list(dict.fromkeys(canonical_unit(item, name) for name in found))
    if not names:
        raise Invalid(units=_("Enter the unit, such as U12 or port 4."))
    if len(names) > MOST:
        raise Invalid(units=_("Enter %(most)s units at most.") % {"most": MOST})
    known = units_of(item)
    if missing := [name for name in names if known and name not in known]:
        words = {"item": item.name, "units": ", ".join(unit_ranges(missing))}
        raise Invalid(units=_("%(item)s has no %(units)s.") % words)
    return names


def _expanded(said: str) -> list[str]:
    whole = _RANGE.fullmatch(said)
    if whole is None:
        return [said[:LONGEST]]
    head, first, last = whole["head"], int(whole["first"]), int(whole["last"])
    if not first <= last < first + HIGHEST or whole["again"].strip() not in ("", head.strip()):
        raise Invalid(units=_("“%(text)s” is not a range of units.") % {"text": said})
    width = len(whole["first"])
    return [f"{head}{number:0{width}}" for number in range(first, last + 1)]


def canonical_unit(item: ConfigurationItem, name: str) -> str:
    """Return the canonical name of a unit, so that it is not held twice: `12`, `u12` and `U12` are
    U12."""
    name = " ".join(name.split())
    called, _property = NAMES.get(item.kind, ("", ""))
    parts = _NUMBERED.fullmatch(name)
    if not called or parts is None:
        return name
    if parts["head"].strip().lower() not in ("", called.strip().lower()):
        return name
    return f"{called}{int(parts['number'])}"


def units_of(item: ConfigurationItem) -> list[str]:
    """Return every unit of an item, where one of its properties gives their number."""
    called, said = NAMES.get(item.kind, ("", ""))
    count = item.attributes.get(said) if isinstance(item.attributes, dict) else None
    if not called or isinstance(count, bool) or not isinstance(count, int):
        return []
    return [f"{called}{number}" for number in range(1, min(count, HIGHEST) + 1)]


def unit_ranges(names: Iterable[str]) -> list[str]:
    """Join neighbouring units: U12, U13, U14 and U20 become "U12–U14" and "U20"."""
    rows: list[tuple[str, int, int]] = []
    others: list[str] = []
    for name in sorted(set(names), key=unit_sort_key):
        parts = _NUMBERED.fullmatch(name)
        if parts is None or name != f"{parts['head']}{int(parts['number'])}":
            others.append(name)
            continue
        head, number = parts["head"], int(parts["number"])
        if rows and rows[-1][0] == head and rows[-1][2] == number - 1:
            rows[-1] = (head, rows[-1][1], number)
        else:
            rows.append((head, number, number))
    return [*(_row(*one) for one in rows), *others]


def _row(head: str, first: int, last: int) -> str:
    """Return a range such as "U12–U15" or "port 7–9": a prefix that is a word is written once."""
    if first == last:
        return f"{head}{first}"
    return f"{head}{first}–{'' if head.endswith(' ') else head}{last}"


def unit_sort_key(name: str) -> tuple[str, int, str]:
    """Return a sort key by which U2 comes before U10."""
    parts = _NUMBERED.fullmatch(name)
    return (parts["head"], int(parts["number"]), name) if parts else (name, 0, name)
