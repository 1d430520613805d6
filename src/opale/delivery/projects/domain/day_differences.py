"""Differences between a day and the promised one, in words."""

from django.utils.translation import ngettext


def later(days: int) -> str:
    """Return how much a day moved against what was promised."""
    if days > 0:
        return ngettext("%(n)s day later", "%(n)s days later", days) % {"n": days}
    return ngettext("%(n)s day earlier", "%(n)s days earlier", -days) % {"n": -days}
