"""Alerta's query language, its simple part: words, phrases, wildcards, AND, OR, NOT.

Terms side by side are alternatives, as over there. Ranges are refused.
"""

import re
from typing import Final

from django.db.models import Q

from opale.conditions.patterns import InvalidPattern
from opale.connectors.alerta.errors import AlertaError
from opale.connectors.alerta.filters import LISTS, get_field, has_key
from opale.connectors.alerta.patterns import checked_pattern

TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<open>\()|(?P<close>\))
        |(?P<not>NOT\b|!|-)|(?P<and>AND\b|&&)|(?P<or>OR\b|\|\|)|(?P<must>\+)
        |(?:(?P<field>[\w.]+):)?(?:
            (?P<group>(?=\())|"(?P<phrase>(?:[^"\\]|\\.)*)"|/(?P<regex>(?:[^/\\]|\\.)*)/
            |(?P<word>[^\s()"\[\]{}<>:^~]+))
    )""",
    re.VERBOSE,
)
DEFAULT_FIELD: Final = "text"
MAX_LENGTH: Final = 2_000
MAX_DEPTH: Final = 20
MAX_PATTERNS: Final = 15
"""How many of the terms are compared as patterns: PostgreSQL keeps 32 prepared, and the others it
prepares for each row anew. One of an attribute is compared with two columns.
"""
MAX_WILDCARDS: Final = 20
UNREADABLE: Final = "Failed to parse query string."


def parse_query(query: str, default_field: str = "") -> Q:
    """Return the condition of a query. Errors: AlertaError."""
    if len(query) > MAX_LENGTH:
        raise AlertaError(400, UNREADABLE)
    reader = _Reader(query)
    condition = reader.alternatives(default_field or DEFAULT_FIELD, 0)
    if not reader.at_end():
        raise AlertaError(400, UNREADABLE)
    return condition


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text.rstrip()
        self.place = 0
        self.patterns = 0

    def at_end(self) -> bool:
        return self.place >= len(self.text)

    def alternatives(self, field: str, depth: int) -> Q:
        condition = self._together(field, depth)
        while not self.at_end() and not self._next_is("close"):
            self._take("or")
            denied = self._next_is("not")
            other = self._together(field, depth)
            # As Alerta does: a negated term narrows, it does not add.
            condition = condition & other if denied else condition | other
        return condition

    def _together(self, field: str, depth: int) -> Q:
        condition = self._single(field, depth)
        while self._take("and"):
            condition &= self._single(field, depth)
        return condition

    def _single(self, field: str, depth: int) -> Q:
        if depth > MAX_DEPTH:
            raise AlertaError(400, UNREADABLE)
        if self._take("not"):
            return ~self._single(field, depth + 1)
        self._take("must")
        found = TOKEN.match(self.text, self.place)
        if found is None or (not found[0].strip() and not found["field"]):
            raise AlertaError(400, UNREADABLE)
        self.place = found.end()
        if found["open"]:
            return self._closed(field, depth)
        field = found["field"] or field
        if found["group"] is not None and self._take("open"):
            return self._closed(field, depth)
        self._count_pattern(found)
        return _term(field, found)

    def _count_pattern(self, found: re.Match[str]) -> None:
        """Refuse more patterns, or wildcards in one, than there may be. Errors: AlertaError."""
        word = found["word"] or ""
        wildcards = word.count("*") + word.count("?")
        self.patterns += bool(wildcards or found["phrase"] or found["regex"])
        if wildcards > MAX_WILDCARDS or self.patterns > MAX_PATTERNS:
            raise AlertaError(400, UNREADABLE)

    def _closed(self, field: str, depth: int) -> Q:
        condition = self.alternatives(field, depth + 1)
        if not self._take("close"):
            raise AlertaError(400, UNREADABLE)
        return condition

    def _next_is(self, kind: str) -> bool:
        found = TOKEN.match(self.text, self.place)
        return found is not None and found[kind] is not None

    def _take(self, kind: str) -> bool:
        found = TOKEN.match(self.text, self.place)
        if found is None or found[kind] is None:
            return False
        self.place = found.end()
        return True


def _term(name: str, found: re.Match[str]) -> Q:
    if name == "_exists_":
        key = found["word"] or found["phrase"] or ""
        return has_key("attributes", key) | Q(marks__attributes__has_key=key)
    field = get_field(name)
    if found["regex"] is not None:
        return field.fits(_checked(found["regex"]))
    listed = name in LISTS or name in ("severity", "status")
    if found["phrase"] is not None:
        phrase = found["phrase"]
        return field.equal(phrase) if listed else field.fits(rf"\y{re.escape(phrase)}\y")
    word = found["word"] or ""
    if name in LISTS:
        return field.equal(word)
    if "*" in word or "?" in word:
        parts = re.split(r"([*?])", word)
        pattern = "".join({"*": ".*", "?": ".?"}.get(part, re.escape(part)) for part in parts)
        return field.fits(rf"\y{pattern}\y")
    return field.holds(word)


def _checked(pattern: str) -> str:
    try:
        return checked_pattern(pattern)
    except InvalidPattern:
        raise AlertaError(400, UNREADABLE) from None
