"""Options of an offering, as they are kept and as they may be."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, get_args

from django.utils.translation import gettext as _

from opale.customers.domain.options import MOST_DECIMALS, NUMBER, Kind

MOST_OPTIONS: Final = 40
MOST_CHOICES: Final = 40
LONGEST_CHOICE: Final = 100
LONGEST: Final[Mapping[str, int]] = {"key": 60, "name_en": 100, "name_fr": 100, "unit": 20}
"""The longest key, names and unit of an option."""
LIMITS: Final = ("least", "most")


def kept_option(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return an option as it is kept: without what says nothing."""
    kept: dict[str, Any] = {name: _plain(said.get(name, "")) for name in LONGEST}
    kind = said.get("kind") or "text"
    if kind != "text":
        kept["kind"] = kind
    if kind == "number":
        limits = {name: said.get(name) for name in LIMITS}
        kept |= {
            name: _plain(one).replace(",", ".")
            for name, one in limits.items()
            if one not in (None, "")
        }
        kept |= {"decimals": int(said["decimals"])} if said.get("decimals") else {}
    if kind == "choice":
        kept["choices"] = [
            {name: _plain(one.get(name, "")) for name in ("value", "name_en", "name_fr")}
            for one in said.get("choices") or ()
        ]
    return kept | ({"required": True} if said.get("required") else {})


def _plain(text: object) -> str:
    return " ".join(str(text).split()).replace(" / ", "/")


def refused_options(options: Sequence[Mapping[str, Any]]) -> str:
    """Return why the options are invalid, or ""."""
    if len(options) > MOST_OPTIONS:
        return _("An offering has %(most)s options at most.") % {"most": MOST_OPTIONS}
    if any(not one["key"] or not one["name_en"] or not one["name_fr"] for one in options):
        return _("Enter a key and a name in both languages for each option.")
    if any(len(one[name]) > longest for one in options for name, longest in LONGEST.items()):
        return _("The key, a name or the unit of an option is too long.")
    if any(set(":()[]*") & set(one[name]) for one in options for name in LONGEST):
        return _("An option cannot contain colons, stars or brackets.")
    refused = next(filter(None, map(_refused_values, options)), "")
    if refused:
        return refused
    called = [{one[name].casefold() for name in ("key", "name_en", "name_fr")} for one in options]
    if len(set().union(*called)) < sum(map(len, called)):
        return _("Two options have the same key or the same name.")
    return ""


def _refused_values(option: Mapping[str, Any]) -> str:
    """Return why what an option takes is invalid, or ""."""
    name = option["name_en"]
    if option.get("kind", "text") not in get_args(Kind):
        return _("%(option)s: the kind is text, number or choice.") % {"option": name}
    limits = [option[limit] for limit in LIMITS if limit in option]
    if not all(NUMBER.fullmatch(limit) for limit in limits):
        return _("%(option)s: a limit is a number, such as 0.5.") % {"option": name}
    if len(limits) == len(LIMITS) and Decimal(limits[0]) > Decimal(limits[1]):
        return _("%(option)s: the lower limit is above the upper one.") % {"option": name}
    if not 0 <= option.get("decimals", 0) <= MOST_DECIMALS:
        return _("%(option)s: at most %(most)s decimals.") % {
            "option": name, "most": MOST_DECIMALS,
        }  # fmt: skip
    if option.get("kind") == "choice":
        return _refused_choices(option)
    return ""


def _refused_choices(option: Mapping[str, Any]) -> str:
    name, choices = option["name_en"], option["choices"]
    if not 0 < len(choices) <= MOST_CHOICES:
        said = {"option": name, "most": MOST_CHOICES}
        return _("%(option)s: give 1 to %(most)s choices.") % said
    texts = [text for one in choices for text in one.values()]
    if any(not text or len(text) > LONGEST_CHOICE or set("|=[]") & set(text) for text in texts):
        return _("%(option)s: a choice needs a value and names, without bars or brackets.") % {
            "option": name
        }
    called = [{text.casefold() for text in one.values()} for one in choices]
    if len(set().union(*called)) < sum(map(len, called)):
        return _("%(option)s: two choices have the same value or name.") % {"option": name}
    return ""
