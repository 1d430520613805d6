"""Pieces of HTML."""

from collections.abc import Iterable

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

NOTHING = SafeString("")


def together(parts: Iterable[str]) -> SafeString:
    """Pieces beside each other; those that are not HTML are escaped (`str.join` forgets safety)."""
    return SafeString("".join(conditional_escape(part) for part in parts))
