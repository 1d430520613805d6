"""Tokens of the part of CEL that conditions are written in, and what is refused before compiling.

Refused is whatever could grow without end: sums of texts, lists made of lists, a loop inside
another. Source: docs/rules/rules.md, "The language".
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

from opale.conditions.cel import cel
from opale.conditions.patterns import InvalidPattern, compile_pattern

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
NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
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


def read_tokens(source: str) -> list[Token]:
    """Return the tokens. Errors: InvalidCondition (too long, empty, a sign of no kind)."""
    if len(source) > MAX_LENGTH:
        raise InvalidCondition("long", MAX_LENGTH + 1)
    if (nul := source.find("\x00")) >= 0:
        raise InvalidCondition("unknown", nul + 1, "\\0")
    if not (found := list(_tokens(source))):
        raise InvalidCondition("empty", 1)
    return found


def check_tokens(
    tokens: Sequence[Token],
    known: Collection[str],
    *,
    mappings: Collection[str] = (),
    functions: Collection[str] = FUNCTIONS,
) -> frozenset[str]:
    """Refuse what the language lacks, and names that are not `known`; return the names that loops
    bind. Only `mappings` take a name after a dot. Errors: InvalidCondition.
    """
    _check_marks(tokens)
    bound = _bound_names(tokens)
    _check_words(tokens, {*known, *CONSTANTS, *bound}, mappings, functions)
    _check_depth(tokens)
    _check_calls(tokens)
    return bound


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


def plain_words(tokens: Sequence[Token]) -> Iterator[int]:
    """Yield the places of words that are neither names after a dot nor calls."""
    for n, token in enumerate(tokens):
        if token.kind == "word" and not is_at(tokens, n - 1, ".") and not is_at(tokens, n + 1, "("):
            yield n


def _check_words(
    tokens: Sequence[Token],
    known: Collection[str],
    mappings: Collection[str],
    functions: Collection[str],
) -> None:
    for n, token in enumerate(tokens):
        if token.kind != "word":
            continue
        if token.text in _WORDS and not is_at(tokens, n - 1, "."):
            raise InvalidCondition("word", token.at + 1, _WORDS[token.text])
        if is_at(tokens, n + 1, "(") and token.text != "in":
            if token.text not in functions:
                raise token.fault("function")
        elif is_at(tokens, n - 1, "."):
            if not any(is_at(tokens, n - 2, name) for name in mappings):
                raise token.fault("field")
        elif token.text not in known:
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
        if token.kind != "word" or not is_at(tokens, n + 1, "("):
            continue
        if token.text == "matches":
            written = tokens[n + 2] if is_at(tokens, n + 3, ")") else token
            if written.kind != "text" or not is_at(tokens, n - 1, "."):
                raise token.fault("pattern_written")
            try:
                compile_pattern(text_of(written))
            except InvalidPattern:
                raise written.fault("pattern") from None
        elif token.text == "duration":
            written = tokens[n + 2] if is_at(tokens, n + 3, ")") else token
            if written.kind != "text" or not isinstance(
                evaluate_literal(f"duration({written.text})"), timedelta
            ):
                raise written.fault("duration")


def compile_source(source: str) -> Any:
    """Return the compiled program. Errors: InvalidCondition."""
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


def evaluate_literal(source: str) -> Any:
    """Return the value of a source without variables, None for an error."""
    try:
        return cel.evaluate(source)
    except (RuntimeError, ValueError, TypeError):
        return None


def text_of(token: Token) -> str:
    """Return the text that a literal stands for."""
    found = evaluate_literal(token.text)
    return found if isinstance(found, str) else ""


def is_at(tokens: Sequence[Token], n: int, text: str) -> bool:
    """Return whether the token at this place, if any, is that word or mark."""
    if not 0 <= n < len(tokens):
        return False
    return tokens[n].text == text and tokens[n].kind != "text"
