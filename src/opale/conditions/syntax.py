"""Syntax trees of conditions: the library compiles CEL, but shows nothing of what it read.

A part of CEL that no row can be is not read at all: calls with several arguments, `? :`, numbers
with a suffix, comments (which a builder would lose).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from opale.conditions.tokens import InvalidCondition, Token, read_tokens, text_of

COMPARED: Final = frozenset({"==", "!=", "<", "<=", ">", ">=", "in"})
MAX_DEPTH: Final = 40


class Unread(Exception):
    """There is no tree of it."""


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Number:
    text: str


@dataclass(frozen=True, slots=True)
class Listed:
    of: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Member:
    """`of.name`, and `of["name"]`, which means the same."""

    of: "Expression"
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function, of what stands before its dot, if anything does."""

    name: str
    of: "Expression | None"
    given: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Compared:
    sign: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Negated:
    of: "Expression"


@dataclass(frozen=True, slots=True)
class Joined:
    """`&&` or `||`. What stands in brackets of its own is a part of its own."""

    sign: str
    parts: tuple["Expression", ...]


Expression = Name | Text | Number | Listed | Member | Call | Compared | Negated | Joined


@lru_cache(maxsize=500)
def parse_expression(source: str) -> Expression:
    """Return the syntax tree. Errors: Unread."""
    try:
        tokens = read_tokens(source)
    except InvalidCondition:
        raise Unread from None
    between = "".join(
        source[before.at + len(before.text) : after.at]
        for before, after in zip(tokens, [*tokens[1:], Token("", "", len(source))], strict=True)
    )
    if (source[: tokens[0].at] + between).strip():  # a comment
        raise Unread
    reader = _Reader(tokens)
    found = reader.any_of()
    if reader.at < len(tokens):
        raise Unread
    return found


class _Reader:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    def sees(self, *texts: str) -> bool:
        if self.at >= len(self.tokens):
            return False
        token = self.tokens[self.at]
        return token.kind != "text" and token.text in texts

    def takes(self, text: str) -> bool:
        if not self.sees(text):
            return False
        self.at += 1
        return True

    def needs(self, text: str) -> None:
        if not self.takes(text):
            raise Unread

    def next(self) -> Token:
        if self.at >= len(self.tokens):
            raise Unread
        self.at += 1
        return self.tokens[self.at - 1]

    def any_of(self) -> Expression:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unread
        parts = [self.all_of()]
        while self.takes("||"):
            parts.append(self.all_of())
        self.depth -= 1
        return Joined("||", tuple(parts)) if len(parts) > 1 else parts[0]

    def all_of(self) -> Expression:
        parts = [self.comparison()]
        while self.takes("&&"):
            parts.append(self.comparison())
        return Joined("&&", tuple(parts)) if len(parts) > 1 else parts[0]

    def comparison(self) -> Expression:
        left = self.negation()
        if self.sees(*COMPARED):
            sign = self.next().text
            left = Compared(sign, left, self.negation())
            if self.sees(*COMPARED):
                raise Unread
        return left

    def negation(self) -> Expression:
        signs = 0
        while self.takes("!"):
            signs += 1
        found = self.member()
        for _sign in range(signs):
            found = Negated(found)
        return found

    def member(self) -> Expression:
        found = self.primary()
        while self.sees(".", "["):
            if self.takes("."):
                token = self.next()
                if token.kind != "word":
                    raise Unread
                if self.sees("("):
                    found = Call(token.text, found, self.given())
                else:
                    found = Member(found, token.text)
            else:
                self.at += 1
                key = self.any_of()
                self.needs("]")
                # A key that is no text is the variable of a loop.
                found = (
                    Member(found, key.text) if isinstance(key, Text) else Call("[]", found, (key,))
                )
        return found

    def given(self) -> tuple[Expression, ...]:
        self.needs("(")
        return self.listed(")")

    def listed(self, end: str) -> tuple[Expression, ...]:
        found: list[Expression] = []
        while not self.takes(end):
            if found:
                self.needs(",")
            found.append(self.any_of())
        return tuple(found)

    def primary(self) -> Expression:
        if self.takes("("):
            found = self.any_of()
            self.needs(")")
            return found
        if self.takes("["):
            return Listed(self.listed("]"))
        if self.takes("-"):
            return Number(f"-{self._number(self.next())}")
        token = self.next()
        if token.kind == "text":
            return Text(text_of(token))
        if token.kind == "number":
            return Number(self._number(token))
        if token.kind == "word" and token.text != "in":
            return Call(token.text, None, self.given()) if self.sees("(") else Name(token.text)
        raise Unread

    def _number(self, token: Token) -> str:
        if token.kind != "number" or token.text.endswith("u"):
            raise Unread
        return token.text
