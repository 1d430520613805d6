"""Conditions compiled and evaluated on facts, for apps that try few of them at a time.

Event rules, tried on every alert, have an evaluator of their own (`run.events.domain.conditions`).
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from opale.conditions.cel import cel
from opale.conditions.declarations import Field, Kind, Literal, Vocabulary
from opale.conditions.patterns import compile_pattern
from opale.conditions.tokens import (
    FUNCTIONS,
    InvalidCondition,
    Token,
    check_tokens,
    compile_source,
    evaluate_literal,
    is_at,
    plain_words,
    read_tokens,
)

TIMEOUT_SECONDS: Final = 0.25
MAX_TEXT_LENGTH: Final = 10_000
"""The most letters of a text that are read."""
MATCHES: Final = "fitting"
"""The name that the library gets for `matches`, as long, so that columns stay: its own is not
RE2's."""
Facts = Mapping[str, Any]


class ConditionTimeout(Exception):
    """A condition took too long."""


@dataclass(frozen=True, slots=True)
class CompiledCondition:
    """A condition that can be tried. `variables` are those that it reads."""

    source: str
    variables: frozenset[str]
    constants: Mapping[str, int] = field(repr=False, compare=False)
    program: Any = field(repr=False, compare=False)

    def fits(self, facts: Facts) -> bool:
        """Return whether the facts fit; False where that cannot be worked out of them.

        Facts are the values of variables, None for a missing one. Errors: ConditionTimeout.
        """
        run = _Run(self.constants)
        result = run.outcome(self.program, {name: facts.get(name) for name in self.variables})
        if run.is_late:
            raise ConditionTimeout(self.source)
        return result is True


class _Run:
    def __init__(self, constants: Mapping[str, int]) -> None:
        self._stop_at = time.perf_counter() + TIMEOUT_SECONDS
        self._context = cel.Context(dict(constants), {MATCHES: self._search, "lower": _lower})

    @property
    def is_late(self) -> bool:
        return time.perf_counter() > self._stop_at

    def outcome(self, program: Any, facts: Facts) -> object:
        self._context.update({name: _cut(value) for name, value in facts.items()})
        try:
            return program.execute(self._context)
        except (RuntimeError, TypeError, ValueError, LookupError, ArithmeticError) as error:
            return error

    def _search(self, text: object, pattern: object) -> bool:
        # It must not raise: the library would print it.
        if self.is_late or not isinstance(text, str) or not isinstance(pattern, str):
            return False
        return compile_pattern(pattern).search(text) is not None


def _lower(text: object) -> str:
    return text.lower() if isinstance(text, str) else ""


def _cut(value: Any) -> Any:
    return value[:MAX_TEXT_LENGTH] if isinstance(value, str) else value


@lru_cache(maxsize=500)
def _compiled(
    source: str, known: frozenset[str], mappings: frozenset[str]
) -> tuple[Any, frozenset[str]]:
    tokens = read_tokens(source)
    check_tokens(tokens, known, mappings=mappings, functions=FUNCTIONS | {"timestamp"})
    _check_moments(tokens)
    words = {tokens[n].text for n in plain_words(tokens)}
    parts, at = [], 0
    for n, token in enumerate(tokens):
        new = MATCHES if token.text == "matches" and is_at(tokens, n + 1, "(") else token.text
        parts += [source[at : token.at], new]
        at = token.at + len(token.text)
    return compile_source("".join([*parts, source[at:]])), frozenset(words)


def _check_moments(tokens: list[Token]) -> None:
    for n, token in enumerate(tokens):
        if token.text == "timestamp" and token.kind == "word" and is_at(tokens, n + 1, "("):
            written = tokens[n + 2] if is_at(tokens, n + 3, ")") else token
            found = (
                evaluate_literal(f"timestamp({written.text})") if written.kind == "text" else None
            )
            if not isinstance(found, datetime):
                raise written.fault("moment")


def compile_condition(source: str, vocabulary: Vocabulary) -> CompiledCondition:
    """Return the condition, ready to be tried. Errors: InvalidCondition."""
    known = vocabulary.names | vocabulary.constants.keys()
    program, words = _compiled(source, frozenset(known), vocabulary.mappings)
    found = CompiledCondition(source, words & vocabulary.names, vocabulary.constants, program)
    _check_result(found, vocabulary)
    return found


def _check_result(found: CompiledCondition, vocabulary: Vocabulary) -> None:
    """Check on an example that the outcome is yes or no, and that like is compared with like."""
    run = _Run(vocabulary.constants)
    for example in _examples(vocabulary):
        result = run.outcome(found.program, example)
        if isinstance(result, TypeError):
            raise InvalidCondition("kinds", 1)
        if not isinstance(result, bool | Exception):
            raise InvalidCondition("yes_or_no", 1)


def _examples(vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """Return facts whose values are all there."""
    full: dict[str, Any] = {}
    for one in vocabulary.fields:
        full[one.expression] = _example(one)
        if one.since:
            full[one.since] = timedelta(minutes=5)
    return [full]


def _example(of: Field) -> Any:
    if of.kind in (Kind.CHOICE, Kind.RECORD):
        return "" if of.literal == Literal.TEXT else 1
    return {
        Kind.TEXT: "text", Kind.NUMBER: 1, Kind.YES_NO: True, Kind.TEXTS: ["text"],
        Kind.MOMENT: datetime(2027, 1, 1, tzinfo=UTC), Kind.DURATION: timedelta(minutes=5),
        Kind.NAMED: {},
    }[of.kind]  # fmt: skip
