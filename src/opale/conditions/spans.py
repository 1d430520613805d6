"""Durations in conditions: a number of seconds, shown and typed as an amount of one unit."""

from typing import Final

from django.utils.translation import gettext_lazy, ngettext

UNITS: Final = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
UNIT_LABELS: Final = {
    "m": gettext_lazy("minutes"),
    "h": gettext_lazy("hours"),
    "d": gettext_lazy("days"),
    "s": gettext_lazy("seconds"),
}
MOST: Final = 3_660 * 86_400


def amount_and_unit(seconds: int) -> tuple[int, str]:
    """Return a duration in the largest unit that holds it whole."""
    unit = next(unit for unit, of in UNITS.items() if seconds % of == 0)
    return seconds // UNITS[unit], unit


def cel_duration(seconds: int) -> str:
    """Return the text of a duration in CEL, which knows no days."""
    amount, unit = amount_and_unit(seconds)
    return f"{amount * 24}h" if unit == "d" else f"{amount}{unit}"


def span_in_words(seconds: int) -> str:
    amount, unit = amount_and_unit(seconds)
    words = {
        "s": ngettext("%(count)s second", "%(count)s seconds", amount),
        "m": ngettext("%(count)s minute", "%(count)s minutes", amount),
        "h": ngettext("%(count)s hour", "%(count)s hours", amount),
        "d": ngettext("%(count)s day", "%(count)s days", amount),
    }
    return words[unit] % {"count": amount}
