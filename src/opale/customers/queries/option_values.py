"""Values of options in lines of designs and orders: whether an offering takes them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from opale.customers.domain.options import Choice, Option, fault_of, options_of, plain_value
from opale.customers.models import Offering
from opale.customers.queries.options import OWN, option_label
from opale.customers.queries.plan_tables import offering_name

NOTHING: Final[Mapping[str, Any]] = {}
GROUPED_FROM: Final = 10_000


def checked_values(
    values: Mapping[str, Any],
    offering: Offering | None,
    *,
    before: Mapping[str, Any] = NOTHING,
    whole: bool = True,
) -> tuple[dict[str, Any], list[str]]:
    """Return the values as they are kept, and a sentence for each that the offering does not take.

    An offering without options takes all values. A value that is as `before` is never wrong, since
    the catalogue may have changed meanwhile. `whole`: what is required must be there.
    """
    options = {one.key: one for one in options_of(offering.options if offering else ())}
    if offering is None or not options:
        return dict(values), []
    found: dict[str, Any] = {}
    wrong: list[str] = []
    for key, value in values.items():
        option = options.get(key)
        if (key in before and before[key] == value) or key in OWN:
            found[key] = value
        elif option is None:
            wrong.append(_unknown(key, offering, options.values()))
        else:
            kept = plain_value(option, value)
            if kept not in (None, ""):
                found[key] = kept
            if (fault := fault_of(option, kept)) is not None:
                wrong.append(_sentence(fault, option, offering))
    if whole:
        absent = [one for one in options.values() if one.required and one.key not in values]
        wrong += [_sentence("missing", one, offering) for one in absent]
    return found, wrong


def choice_name(choice: Choice) -> str:
    """Return the name of a choice in the reader's language."""
    return choice.name_fr if (get_language() or "").startswith("fr") else choice.name_en


def limits_in_words(option: Option) -> str:
    """Return what an option takes: "0.5 to 20 kW", "fibre, 4G"; "" where it takes any text."""
    if option.kind == "choice":
        return ", ".join(choice_name(one) for one in option.choices)
    if option.kind != "number":
        return ""
    said = {
        "least": _number(option.least),
        "most": _number(option.most),
    }
    if option.least is not None and option.most is not None:
        return _("%(least)s to %(most)s") % said
    if option.least is not None:
        return _("%(least)s or more") % said
    return _("%(most)s or less") % said if option.most is not None else ""


def _number(limit: Decimal | None) -> str:
    """Return a limit without zeros that say nothing."""
    if limit is None:
        return ""
    return number_format(f"{limit.normalize():f}", force_grouping=abs(limit) >= GROUPED_FROM)


def _sentence(fault: str, option: Option, offering: Offering) -> str:
    name, unit = option_label(option.key, offering)
    said = {"option": name, "limits": _with_unit(limits_in_words(option), unit)}
    if fault == "missing":
        return _("%(option)s: required.") % said
    if fault == "no_choice":
        return _("%(option)s: choose one of %(limits)s.") % said
    if fault == "too_fine":
        return (
            _("%(option)s: enter a whole number.") % said
            if not option.decimals
            else _("%(option)s: enter at most %(count)s decimals.")
            % (said | {"count": option.decimals})
        )
    if said["limits"]:
        return _("%(option)s: enter a number, %(limits)s.") % said
    return _("%(option)s: enter a number.") % said


def _with_unit(limits: str, unit: str) -> str:
    return f"{limits}\N{NO-BREAK SPACE}{unit}" if limits and unit else limits


def _unknown(key: str, offering: Offering, options: Any) -> str:
    return _("“%(key)s” is not an option of %(offering)s, which has: %(names)s.") % {
        "key": key,
        "offering": offering_name(offering),
        "names": ", ".join(option_label(one.key, offering)[0] for one in options),
    }
