"""What is found by statements that are written once; several of them by one way there and back.

On a busy machine the way to the database and back takes longer than most answers. What a page is
sure to need, it asks for `later`, or `ahead` of whoever asks just that: while questions are
`gathered`, whatever is asked next takes them along.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from opale.kernel.context_vars import override_var
from opale.kernel.prepared_statements import prepared_cursor, typed

Rows = list[tuple[Any, ...]]


class Later:
    """A question whose answer is there when it is needed: it went along with another, or goes by
    itself then."""

    __slots__ = ("_found", "statement", "values")

    def __init__(self, statement: str, values: Sequence[Any]) -> None:
        self.statement, self.values = statement, values
        self._found: Rows | None = None

    def rows(self) -> Rows:
        """Errors: those of the database."""
        if self._found is None:
            _ask([self, *(one for one in _taken() if one is not self)])
        return self._found or []

    def answer(self, found: Rows) -> None:
        self._found = found


@dataclass(frozen=True, slots=True)
class Gathered:
    waiting: list[Later] = field(default_factory=list)
    ahead: dict[Hashable, Later] = field(default_factory=dict)
    """Those whose answers are given to whoever asks the same, once."""


_gathered: ContextVar[Gathered | None] = ContextVar("gathered", default=None)


@contextmanager
def gathered() -> Iterator[None]:
    """Let what is asked for `later` in the block go along with what is asked there next."""
    with override_var(_gathered, Gathered()):
        yield


def later(statement: str, *values: Any) -> Later:
    """Ask with the next question: what is asked does not hang on what happens until then."""
    asked, gathered = Later(statement, typed(values)), _gathered.get()
    if gathered is not None:
        gathered.waiting.append(asked)
    return asked


def ahead(statement: str, values: Sequence[Any]) -> None:
    """Ask for `later` what will be asked by this statement with these `typed` values: then the
    answer is there. Nothing is done where questions are not gathered."""
    gathered = _gathered.get()
    if gathered is not None:
        asked = Later(statement, values)
        gathered.waiting.append(asked)
        gathered.ahead[_key(statement, values)] = asked


def rows_of(statement: str, *values: Any) -> Rows:
    """What is found by a statement that is written once. Errors: those of the database."""
    return found_by(statement, typed(values))


def found_by(statement: str, values: Sequence[Any]) -> Rows:
    """The same for values that are `typed` already."""
    gathered = _gathered.get()
    if gathered is not None and gathered.ahead:
        known = gathered.ahead.pop(_key(statement, values), None)
        if known is not None:
            return known.rows()
    asked = Later(statement, values)
    _ask([*_taken(), asked])
    return asked.rows()


def _key(statement: str, values: Sequence[Any]) -> Hashable:
    return statement, tuple(tuple(one) if isinstance(one, list) else one for one in values)


def _taken() -> Iterable[Later]:
    """What waits, and does no more."""
    gathered = _gathered.get()
    if gathered is None or not gathered.waiting:
        return ()
    taken = gathered.waiting[:]
    gathered.waiting.clear()
    return taken


def _ask(questions: Sequence[Later]) -> None:
    if len(questions) == 1:
        (one,) = questions
        with prepared_cursor() as cursor:
            cursor.execute(one.statement, one.values)
            one.answer(cursor.fetchall())
        return
    cursors = [prepared_cursor() for _ in questions]
    connection: Any = connections[DEFAULT_DB_ALIAS]
    with connection.wrap_database_errors:
        with connection.connection.pipeline():
            for cursor, one in zip(cursors, questions, strict=True):
                cursor.execute(one.statement, one.values)
        for cursor, one in zip(cursors, questions, strict=True):
            with cursor:
                one.answer(cursor.fetchall())
