"""Matching of silences: pure, by the rules of Alertmanager, and never slow.

Regular expressions are RE2's, as Alertmanager's are: they match the whole text, in a time that
grows with its length and with nothing else.
Source: docs/rules/silences.md, "What a silence matches".
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final, Literal, cast, get_args

from opale.conditions.patterns import InvalidPattern, compile_pattern

Operator = Literal["=", "!=", "=~", "!~"]
OPERATORS: Final[tuple[Operator, ...]] = get_args(Operator)
MAX_MATCHERS: Final = 50
MAX_NAME_LENGTH: Final = 200
MAX_VALUE_LENGTH: Final = 2_000

_MATCHER: Final = re.compile(
    r'\s*(?:"((?:\\.|[^"\\])*)"|([^\s=!~",{}]+))\s*(=~|!=|!~|=)\s*(?:"((?:\\.|[^"\\])*)"|([^"]*))\s*',
    re.DOTALL,
)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


class InvalidMatcher(ValueError):
    """It is not a name, an operator and a value."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """A condition on one label, or on one thing that Opale knows of an alert."""

    name: str
    value: str
    op: Operator = "="

    @classmethod
    def of(cls, row: Mapping[str, str]) -> "Matcher":
        return cls(row["name"], row["value"], cast("Operator", row["op"]))

    def row(self) -> dict[str, str]:
        return {"name": self.name, "op": self.op, "value": self.value}

    def matches(self, text: str) -> bool:
        """Return whether a label of this text fits; a label that is absent is the empty text."""
        if self.op in ("=", "!="):
            return (text == self.value) is (self.op == "=")
        return (compile_pattern(self.value).fullmatch(text) is not None) is (self.op == "=~")

    def __str__(self) -> str:
        """Return the matcher as Alertmanager writes it."""
        escaped = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{self.name}{self.op}"{escaped}"'


def parse_matcher(text: str) -> Matcher:
    """Return the matcher written as in Alertmanager: `host="web01"`, `severity=~major|critical`.

    Errors: InvalidMatcher.
    """
    found = _MATCHER.fullmatch(text)
    if found is None:
        raise InvalidMatcher(text)
    quoted_name, name, op, quoted, plain = found.groups()
    value = plain.strip() if quoted is None else _unescaped(quoted)
    return Matcher(_unescaped(quoted_name or "") or name, value, cast("Operator", op))


def parse_matchers(text: str) -> tuple[Matcher, ...]:
    """Return the matchers of a text, one a line. Errors: InvalidMatcher."""
    return tuple(parse_matcher(line) for line in text.splitlines() if line.strip())


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)


@dataclass(frozen=True, slots=True)
class AlertAttributes:
    """The attributes of an alert that silences read. `known` are Opale's, by pseudo name."""

    labels: Mapping[str, str]
    integration_id: int
    known: Mapping[str, str] = field(default_factory=dict)
    item_id: int | None = None
    service_id: int | None = None
    customer_id: int | None = None
    site_id: int | None = None

    def text(self, name: str) -> str:
        """Return the label of that name, or what Opale knows by it, or ""."""
        return self.labels.get(name) or self.known.get(name) or ""


@dataclass(frozen=True)
class SilenceMatcher:
    """The matching part of a silence: every matcher, and one of the things that are named."""

    id: int
    matchers: tuple[Matcher, ...]
    ends_at: datetime
    ends_on_clear: bool = False
    integration_id: int | None = None
    items: frozenset[int] = frozenset()
    services: frozenset[int] = frozenset()
    customers: frozenset[int] = frozenset()
    sites: frozenset[int] = frozenset()

    @cached_property
    def names_things(self) -> bool:
        return bool(self.items or self.services or self.customers or self.sites)

    @property
    def demanded(self) -> Matcher | None:
        """Return a matcher without which it mutes nothing, and that a look-up can answer."""
        return next((one for one in self.matchers if one.op == "=" and one.value), None)

    @property
    def is_narrow(self) -> bool:
        """Return whether it matches less than everything."""
        named = self.names_things or self.integration_id is not None
        return named or not all(matcher.matches("") for matcher in self.matchers)

    def mutes(self, alert: AlertAttributes) -> bool:
        if self.integration_id not in (None, alert.integration_id):
            return False
        if self.names_things and not self._names(alert):
            return False
        return all(matcher.matches(alert.text(matcher.name)) for matcher in self.matchers)

    def _names(self, alert: AlertAttributes) -> bool:
        return (
            alert.item_id in self.items
            or alert.service_id in self.services
            or alert.customer_id in self.customers
            or alert.site_id in self.sites
        )


class SilenceIndex:
    """Several silences, found by the label that each of them demands, so that many cost little."""

    def __init__(self, silencers: Iterable[SilenceMatcher]) -> None:
        self._all = tuple(silencers)
        self._demanding: dict[str, dict[str, list[SilenceMatcher]]] = defaultdict(dict)
        self._others: list[SilenceMatcher] = []
        for silencer in self._all:
            if (demanded := silencer.demanded) is None:
                self._others.append(silencer)
            else:
                by_value = self._demanding[demanded.name]
                by_value.setdefault(demanded.value, []).append(silencer)

    def __iter__(self) -> Iterator[SilenceMatcher]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def chosen(self, alert: AlertAttributes) -> SilenceMatcher | None:
        """Return the silence that mutes an alert: of several, the last to end, so it stays one."""
        fitting = [one for one in self._others if one.mutes(alert)]
        for name, by_value in self._demanding.items():
            fitting += [one for one in by_value.get(alert.text(name), ()) if one.mutes(alert)]
        return max(fitting, key=lambda one: (one.ends_at, -one.id), default=None)


def invalid_matchers(matchers: Sequence[Matcher]) -> list[tuple[Matcher, str]]:
    """Return the matchers that cannot be stored, with a code: name, value, pattern."""
    return [(matcher, fault) for matcher in matchers if (fault := _fault(matcher))]


def _fault(matcher: Matcher) -> str:
    if not 0 < len(matcher.name) <= MAX_NAME_LENGTH or "\x00" in matcher.name:
        return "name"
    if len(matcher.value) > MAX_VALUE_LENGTH or "\x00" in matcher.value:
        return "value"
    if matcher.op in ("=~", "!~"):
        try:
            compile_pattern(matcher.value)
        except InvalidPattern:
            return "pattern"
    return ""
