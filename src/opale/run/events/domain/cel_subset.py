"""Parser of the rule language: a small part of CEL.

It refuses whatever could grow without end: sums of texts, lists made of lists, a loop over all
labels inside another.
Source: docs/rules/rules.md, "The language".
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from opale.run.events.domain.cel import cel
from opale.run.events.domain.conditions import (
    FITS,
    LOWERED,
    SAID,
    SEVERITY_NUMBERS,
    TEXT_VARIABLES,
    VARIABLES,
    Condition,
    ConditionEvaluator,
    RequiredText,
    Situation,
)
from opale.run.events.domain.silences import InvalidPattern, compile_pattern

MAX_LENGTH: Final = 1_000
MAX_DEPTH: Final = 20
"""The most brackets that may be open at once."""
MACROS: Final = frozenset({"exists", "all"})
FUNCTIONS: Final = frozenset(
    {"contains", "startsWith", "endsWith", "matches", "lower", "size", "has", "duration", "int"}
    | {"double", "string"}
    | MACROS
)
CONSTANTS: Final = frozenset({"true", "false", "null", "in"})
_TOKEN: Final = re.compile(
    r"""
    (?P<space>\s+|//[^\n]*)
  | (?P<text>[rR]?(?:\"\"\".*?\"\"\"|'''.*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?u?)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<mark>&&|\|\||[=!<>]=|[<>!?:.,()\[\]=+*/%{}-])
    """,
    re.VERBOSE | re.DOTALL,
)
_PLACE: Final = re.compile(r"<input>:(\d+):(\d+): (?:Syntax error: )?(.*)")
_WORDS: Final = {"and": "&&", "or": "||", "not": "!", "AND": "&&", "OR": "||", "NOT": "!"}


class InvalidCondition(ValueError):
    """It cannot be tried. `code` says why, `column` (from 1) where, `what` shows the part."""

    def __init__(self, code: str, column: int, what: str = "") -> None:
        super().__init__(f"{code} at {column}: {what}")
        self.code, self.column, self.what = code, column, what


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    at: int

    def fault(self, code: str) -> InvalidCondition:
        return InvalidCondition(code, self.at + 1, self.text[:40])


@lru_cache(maxsize=2_000)
def parse_condition(source: str) -> Condition:
    """Return the parsed condition. Errors: InvalidCondition."""
    if len(source) > MAX_LENGTH:
        raise InvalidCondition("long", MAX_LENGTH + 1)
    if (nul := source.find("\x00")) >= 0:
        raise InvalidCondition("unknown", nul + 1, "\\0")
    tokens = list(_tokens(source))
    if not tokens:
        raise InvalidCondition("empty", 1)
    _check_marks(tokens)
    bound = _bound_names(tokens)
    _check_words(tokens, bound)
    _check_depth(tokens)
    _check_calls(tokens)
    labels, said = _said(tokens)
    program = _compiled(_rewritten(source, tokens, said, bound))
    words = {tokens[n].text for n in _plain(tokens) if n not in said}
    needed = tuple(_needed(tokens, bound))
    found = Condition(source, program, frozenset(words & VARIABLES), frozenset(labels), needed)
    _check_result(found)
    return found


def _tokens(source: str) -> Iterator[Token]:
    at = 0
    while at < len(source):
        found = _TOKEN.match(source, at)
        if found is None:
            raise InvalidCondition("unknown", at + 1, source[at])
        if found.lastgroup and found.lastgroup != "space":
            yield Token(found.lastgroup, found[0], at)
        at = found.end()


def _check_marks(tokens: Sequence[Token]) -> None:
    for n, token in enumerate(tokens):
        if token.kind == "mark" and token.text == "=":
            raise token.fault("equals")
        if token.kind == "mark" and token.text in ("+", "*", "/", "%", "{", "}"):
            raise token.fault("sums")
        if token.text == "-" and (n == 0 or not _begins(tokens[n - 1])):
            raise token.fault("sums")


def _begins(before: Token) -> bool:
    """Return whether a sign that follows this token belongs to a number."""
    return before.kind == "mark" and before.text not in (")", "]")


def _bound_names(tokens: Sequence[Token]) -> frozenset[str]:
    """Return the variables that loops over all labels bind."""
    return frozenset(
        tokens[n + 2].text
        for n, token in enumerate(tokens[:-2])
        if token.text in MACROS and tokens[n + 1].text == "(" and tokens[n + 2].kind == "word"
    )


def _plain(tokens: Sequence[Token]) -> Iterator[int]:
    """Yield the places of words that are neither names after a dot nor calls."""
    for n, token in enumerate(tokens):
        if token.kind == "word" and not _is(tokens, n - 1, ".") and not _is(tokens, n + 1, "("):
            yield n


def _check_words(tokens: Sequence[Token], bound: frozenset[str]) -> None:
    for n, token in enumerate(tokens):
        if token.kind != "word":
            continue
        if token.text in _WORDS and not _is(tokens, n - 1, "."):
            raise InvalidCondition("word", token.at + 1, _WORDS[token.text])
        if _is(tokens, n + 1, "(") and token.text != "in":
            if token.text not in FUNCTIONS:
                raise token.fault("function")
        elif _is(tokens, n - 1, "."):
            if not _is(tokens, n - 2, "labels"):
                raise token.fault("field")
        elif token.text not in VARIABLES | SEVERITY_NUMBERS.keys() | CONSTANTS | bound:
            raise token.fault("variable")


def _check_depth(tokens: Sequence[Token]) -> None:
    """Refuse loops over all labels inside another, which would take long, and deep brackets."""
    opened: list[tuple[Token, bool]] = []
    for before, token in pairwise([Token("mark", "", 0), *tokens]):
        if token.text in ("(", "["):
            opened.append((token, token.text == "(" and before.text in MACROS))
            if len(opened) > MAX_DEPTH:
                raise token.fault("deep")
        elif token.text in (")", "]") and opened:
            opened.pop()
        elif token.text in MACROS and token.kind == "word" and any(macro for _at, macro in opened):
            raise token.fault("nested")
    if opened:
        raise opened[-1][0].fault("bracket")


def _check_calls(tokens: Sequence[Token]) -> None:
    """Check that patterns and durations are literals, and valid ones."""
    for n, token in enumerate(tokens):
        if token.kind != "word" or not _is(tokens, n + 1, "("):
            continue
        if token.text == "matches":
            written = tokens[n + 2] if _is(tokens, n + 3, ")") else token
            if written.kind != "text" or not _is(tokens, n - 1, "."):
                raise token.fault("pattern_written")
            try:
                compile_pattern(_value(written))
            except InvalidPattern:
                raise written.fault("pattern") from None
        elif token.text == "duration":
            written = tokens[n + 2] if _is(tokens, n + 3, ")") else token
            if written.kind != "text" or not isinstance(
                _run(f"duration({written.text})"), timedelta
            ):
                raise written.fault("duration")


def _said(tokens: Sequence[Token]) -> tuple[set[str], set[int]]:
    """Return the labels read by their names, and the places where `labels` stands for that.

    `has(labels.host)` and `"host" in labels` ask whether there is one: they see labels as they are.
    """
    names: set[str] = set()
    places: set[int] = set()
    for n, token in enumerate(tokens):
        if token.text != "labels" or token.kind != "word" or _is(tokens, n - 1, "."):
            continue
        if _is(tokens, n - 1, "(") and _is(tokens, n - 2, "has"):
            continue
        if _is(tokens, n + 1, ".") and n + 2 < len(tokens) and not _is(tokens, n + 3, "("):
            names.add(tokens[n + 2].text)
            places.add(n)
        elif _is(tokens, n + 1, "[") and _is(tokens, n + 3, "]") and tokens[n + 2].kind == "text":
            names.add(_value(tokens[n + 2]))
            places.add(n)
    return names, places


def _needed(tokens: Sequence[Token], bound: frozenset[str]) -> Iterator[RequiredText]:
    """Yield what each part of a conjunction requires a text to be, hold, or begin or end with."""
    if bound:
        return
    for part in _parts(tokens):
        at = 1
        if part[0].text in TEXT_VARIABLES:
            variable, label = part[0].text, ""
        elif part[0].text == "labels" and (found := _label_of(part)):
            variable, (label, at) = "labels", found
        else:
            continue
        rest = [token.text for token in part[at:]]
        if lowered := rest[:4] == [".", "lower", "(", ")"]:
            at, rest = at + 4, rest[4:]
        if len(rest) == 2 and rest[0] == "==":
            said = part[at + 1]
        elif len(rest) == 5 and (rest[0], rest[2], rest[4]) == (".", "(", ")"):
            if rest[1] not in ("contains", "startsWith", "endsWith"):
                continue
            said = part[at + 3]
        else:
            continue
        if said.kind == "text" and (text := _value(said)):
            yield RequiredText(text, variable, label, lowered)


def _label_of(part: Sequence[Token]) -> tuple[str, int] | None:
    """Return the name of the label that is read first, and how many tokens that takes."""
    if _is(part, 1, ".") and len(part) > 3 and not _is(part, 3, "("):
        return part[2].text, 3
    if _is(part, 1, "[") and _is(part, 3, "]") and part[2].kind == "text":
        return _value(part[2]), 4
    return None


def _parts(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Yield the operands of `&&` outside of all brackets; none where `||` or `?` binds looser."""
    depth, ends = 0, [-1]
    for n, token in enumerate(tokens):
        if token.kind != "mark":
            continue
        depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
        if depth == 0 and token.text in ("||", "?"):
            return
        if depth == 0 and token.text == "&&":
            ends.append(n)
    for before, after in pairwise([*ends, len(tokens)]):
        if after > before + 1:
            yield tokens[before + 1 : after]


def _rewritten(
    source: str, tokens: Sequence[Token], said: Collection[int], bound: frozenset[str]
) -> str:
    """Return the source that the library compiles; each sign stays in its column."""
    parts, at = [], 0
    for n, token in enumerate(tokens):
        if token.at < at:  # inside of a call that was replaced by a variable
            continue
        new, end = token.text, token.at + len(token.text)
        if n in said:
            new = SAID
        elif token.text == "matches" and _is(tokens, n + 1, "("):
            new = FITS
        elif token.text in TEXT_VARIABLES and _is_lowered(source, tokens, n):
            lowered = token.text + LOWERED
            if bound.isdisjoint((token.text, lowered)):
                new, end = lowered, token.at + len(lowered)
        parts += [source[at : token.at], new]
        at = end
    return "".join([*parts, source[at:]])


def _is_lowered(source: str, tokens: Sequence[Token], n: int) -> bool:
    """Return whether a variable is followed by `.lower()`, without spaces."""
    end = tokens[n].at + len(tokens[n].text)
    return source[end : end + len(LOWERED)] == ".lower()" and not _is(tokens, n - 1, ".")


def _compiled(source: str) -> Any:
    try:
        return cel.compile(source)
    except ValueError as error:
        raise _syntax(source, str(error)) from None


def _syntax(source: str, said: str) -> InvalidCondition:
    """Return where the library stopped reading, and at what."""
    place = _PLACE.search(said)
    if place is None:
        return InvalidCondition("syntax", 1)
    line, column, reason = int(place[1]), int(place[2]), place[3]
    before = sum(len(text) + 1 for text in source.split("\n")[: line - 1])
    at = before + column
    if at > len(source.rstrip()):
        return InvalidCondition("end", at)
    what = re.search(r"input '([^']*)'|at: '([^']*)'", reason)
    shown = (what[1] or what[2] or "") if what else source[at - 1 : at + 10]
    return InvalidCondition("syntax", at, shown.strip())


EXAMPLES: Final = (
    Situation(
        severity=5,
        name="Link down",
        text="Rennes - Lille",
        labels={"host": "web01"},
        integration="Prometheus",
        source="alertmanager",
        item="web01",
        service="SVC-000042",
        customer="ACME",
        site="REN",
        plan="corporate",
        stream="corporate",
        hour=3,
        weekday=7,
        age=timedelta(minutes=5),
        times=3,
    ),
    Situation(severity=2, name="Disk"),
)


def _check_result(condition: Condition) -> None:
    """Check on two examples that the condition yields a boolean and compares like with like."""
    trier = ConditionEvaluator()
    results = []
    for example in EXAMPLES:
        trier.look_at(example, condition.inputs)
        results.append(trier.outcome(condition))
    kinds = [result for result in results if result is not None]
    if any(isinstance(result, Exception) for result in kinds):
        raise InvalidCondition("kinds", 1)
    if any(not isinstance(result, bool) for result in kinds):
        raise InvalidCondition("yes_or_no", 1)


def _run(source: str) -> Any:
    try:
        return cel.evaluate(source)
    except (RuntimeError, ValueError, TypeError):
        return None


def _value(token: Token) -> str:
    found = _run(token.text)
    return found if isinstance(found, str) else ""


def _is(tokens: Sequence[Token], n: int, text: str) -> bool:
    if not 0 <= n < len(tokens):
        return False
    return tokens[n].text == text and tokens[n].kind != "text"
