"""Questions whose shape is fixed: made by Django once, asked with other values each time.

To put a queryset together and to write it as SQL takes longer than PostgreSQL needs for an answer
by key. A function marked so is called once for a shape; from then on its values alone are changed.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, update_wrapper
from itertools import chain, count
from typing import Any, Final, Generic, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError
from psycopg.types.numeric import Int2, Int4, Int8

from opale.kernel.isolation import is_customer_request
from opale.kernel.prepared_statements import inline_texts, typed
from opale.kernel.rows import ahead, found_by

P = ParamSpec("P")
T = TypeVar("T")
A = TypeVar("A")

MOST_QUERIES: Final = 4096
"""Remembered in all: who asks is part of a shape."""
MANY: Final = 8
"""Collections of more values are rare, and of any size: each size is another question."""
COLLECTIONS: Final = (list, tuple, set, frozenset)
TEXTS: Final = 64
"""Remembered of one function, whoever asks."""
FIRST_MARK: Final = 1_947_000_001
"""A mark stands for a value while a question is made: it fits its column and is in no question."""
BOUNDS: Final[Mapping[type, int]] = {Int2: 1 << 15, Int4: 1 << 31, Int8: 1 << 63}
FIRST_MOMENT: Final = datetime(2201, 1, 1, tzinfo=UTC)


class NotCompilable(Exception):
    """The function makes another question each time, or looks at its values."""


def compiled(build: "Callable[P, QuerySet[Any, T]]") -> "CompiledQuery[P, T]":
    """Let a function that makes a queryset give its rows instead, as a list.

    Positional arguments are values: numbers, words, moments, or collections of these. The function
    hands them to lookups and neither looks at them nor calculates with them. What shapes the
    queryset (who asks, what is read along, a number of a small column) is said by keyword and is
    hashable. It reads neither clock nor language. A value that does not arrive, or something that
    differs from one making to the next, is refused when the question is asked first. Many values
    at a time are asked for in the ordinary way.
    """
    return CompiledQuery(build)


class CompiledQuery(Generic[P, T]):
    def __init__(self, build: "Callable[P, QuerySet[Any, T]]") -> None:
        self.build = build
        self.known: dict[str, CompiledStatement[T]] = {}
        update_wrapper(self, build)

    def __call__(self, *values: P.args, **shape: P.kwargs) -> list[T]:
        if any(len(value) > MANY for value in values if isinstance(value, COLLECTIONS)):
            return list(self.build(*values, **shape))
        kinds = tuple(map(_kind, values))
        question: BoundQuery[T] = _question(self, kinds, tuple(shape.items()))
        try:
            return question.ask(values)
        except OverflowError:  # more than its column holds: Django knows what to make of it
            return list(self.build(*values, **shape))

    def ahead(self, *values: P.args, **shape: P.kwargs) -> None:
        """Ask with the next question of a page what will be asked with these values soon: numbers,
        words and moments that their columns hold."""
        if is_customer_request():
            return
        question: BoundQuery[T] = _question(self, tuple(map(_kind, values)), tuple(shape.items()))
        if question.made.text:
            ahead(question.made.text, typed(question.said(values)))

    def first(self, *values: P.args, **shape: P.kwargs) -> T | None:
        """The first row: for a question that has one answer."""
        rows = self(*values, **shape)
        return rows[0] if rows else None

    def question(self, kinds: Sequence[Hashable], shape: Mapping[str, Any]) -> "BoundQuery[T]":
        """Made twice, with other values: what differs apart from them is not fixed."""
        numbers = count(FIRST_MARK)
        made, given, places = self._made(_marks(kinds, numbers), shape)
        other, other_given, other_places = self._made(_marks(kinds, numbers), shape)
        same = all(
            place in places or (one == another and not _passes(one))
            for place, (one, another) in enumerate(zip(given, other_given, strict=False))
        )
        if made.text != other.text or places != other_places or not same:
            raise NotCompilable(self.build.__qualname__)
        if kinds and not made.text and self._made(_marks(kinds, count(1)), shape)[0].text:
            # A mark is beyond what the column of such a value holds: say it in the shape.
            raise NotCompilable(self.build.__qualname__)
        if len(self.known) >= TEXTS:
            self.known = {}
        text, apart = inline_texts(made.text, given, places)
        moved = tuple((apart.index(place), value) for place, value in places.items())
        made = self.known.setdefault(text, replace(made, text=text))
        return BoundQuery(made, [given[place] for place in apart], moved)

    def _made(
        self, marks: Sequence[Any], shape: Mapping[str, Any]
    ) -> tuple["CompiledStatement[T]", Sequence[Any], dict[int, int]]:
        """The question with its parameters, and which of them are which values."""
        queryset: QuerySet[Any, T] = self.build(*marks, **shape)
        if vars(queryset)["_prefetch_related_lookups"]:
            raise NotCompilable(self.build.__qualname__)
        made = CompiledStatement.of(queryset)
        flat = _flat(marks)
        places = {
            place: flat.index(one)
            for place, one in enumerate(made.given)
            if isinstance(one, (int, str, datetime)) and one in flat
        }
        if made.text and set(places.values()) != set(range(len(flat))):
            raise NotCompilable(self.build.__qualname__)
        return made, made.given, places


@dataclass(frozen=True, slots=True)
class CompiledStatement(Generic[T]):
    """A queryset that was compiled: the same for all who ask the same text."""

    queryset: "QuerySet[Any, T]"
    compiler: SQLCompiler
    converters: dict[int, Any]
    text: str
    given: Sequence[Any]

    @classmethod
    def of(cls, queryset: "QuerySet[Any, T]") -> "CompiledStatement[T]":
        compiler = queryset.query.get_compiler(using=queryset.db)
        try:
            text, given = compiler.as_sql()
        except EmptyResultSet:
            return cls(queryset, compiler, {}, "", ())
        columns = [column for column, _, _ in compiler.select[: compiler.col_count]]
        return cls(queryset, compiler, compiler.get_converters(columns), text, tuple(given))

    def rows(self, said: Sequence[Any]) -> Iterator[T]:
        queryset, query = _twin(self.queryset), _twin(self.queryset.query)
        answering = BoundCompiler(self, said)
        query.get_compiler = lambda *_, **__: answering  # type: ignore[method-assign]
        # Not by its setter, which decides anew what rows become.
        vars(queryset)["_query"] = query
        rows: Iterator[T] = iter(vars(queryset)["_iterable_class"](queryset))
        return rows


@dataclass(frozen=True, slots=True)
class BoundQuery(Generic[T]):
    """What somebody asks, and which of its parameters are which values."""

    made: CompiledStatement[T]
    given: Sequence[Any]
    places: Sequence[tuple[int, int]]

    def ask(self, values: Sequence[Any]) -> list[T]:
        return list(self.made.rows(self.said(values))) if self.made.text else []

    def said(self, values: Sequence[Any]) -> list[Any]:
        """The parameters of the statement."""
        flat, said = _flat(values), list(self.given)
        for place, number in self.places:
            said[place] = _in_place_of(said[place], flat[number])
        return said


class BoundCompiler(SQLCompiler):
    """A compiler that has its text already: rows become what Django makes of them.

    What a customer asks is planned for that customer, as Django's own questions are: planned for
    any of them, all tickets of one are read to find the newest.
    """

    def __init__(self, made: CompiledStatement[Any], said: Sequence[Any]) -> None:
        self.__dict__.update(made.compiler.__dict__)
        self.connection, self.made, self.said = connections[made.queryset.db], made, said

    def execute_sql(self, *_: object, **__: object) -> Any:
        if self.query.select_for_update and self.connection.get_autocommit():
            raise TransactionManagementError("Rows are locked in a transaction alone.")
        rows: Any
        if is_customer_request():
            with self.connection.cursor() as cursor:
                cursor.execute(self.made.text, self.said)
                rows = cursor.fetchall()
        else:
            rows = found_by(self.made.text, typed(self.said))
        return [[row[: self.col_count] for row in rows] if self.has_extra_select else rows]

    def results_iter(  # type: ignore[override]  # in chunks it is never asked
        self, results: Any = None, tuple_expected: bool = False, **_: object
    ) -> Any:
        rows: Any = chain.from_iterable(self.execute_sql() if results is None else results)
        if self.made.converters:
            rows = self.apply_converters(rows, self.made.converters)
        return map(tuple, rows) if tuple_expected else rows


def _in_place_of(mark: object, value: Any) -> Any:
    """Django gives a number the type of its column. Errors: OverflowError."""
    if not isinstance(mark, int):
        return value
    bound = BOUNDS.get(type(mark), BOUNDS[Int8])
    if not -bound <= value < bound:
        raise OverflowError
    return type(mark)(value)


def _twin(of: A) -> A:
    """Another object with the same parts. `copy` would ask the database, and `clone` take time."""
    twin: A = object.__new__(type(of))
    twin.__dict__.update(of.__dict__)
    return twin


@lru_cache(maxsize=MOST_QUERIES)
def _question(
    of: CompiledQuery[Any, Any], kinds: tuple[Hashable, ...], shape: tuple[tuple[str, Any], ...]
) -> BoundQuery[Any]:
    return of.question(kinds, dict(shape))


def _kind(value: object) -> Hashable:
    """Values of a kind make the same question."""
    if value is None:
        return None
    for kind in (str, datetime):
        if isinstance(value, kind):
            return kind
    if isinstance(value, int) and not isinstance(value, bool):
        return int
    if isinstance(value, COLLECTIONS):
        return (tuple(map(_kind, value)),)
    raise TypeError(f"{type(value).__name__} is no value of a question.")


def _passes(constant: object) -> bool:
    """Whether it is a moment or a day, which is another one soon; what never ends is not."""
    return isinstance(constant, date) and constant.year != date.max.year


def _marks(kinds: Iterable[Hashable], numbers: Iterable[int]) -> list[Any]:
    return [_mark(kind, numbers) for kind in kinds]


def _mark(kind: Hashable, numbers: Any) -> Any:
    if isinstance(kind, tuple):
        return tuple(_mark(each, numbers) for each in kind[0])
    if kind is None:
        return None
    number = next(numbers)
    if kind is int:
        return number
    return f"mark{number}" if kind is str else FIRST_MOMENT + timedelta(microseconds=number)


def _flat(values: Iterable[Any]) -> list[Any]:
    """Without what is nothing: a lookup of it has no parameter."""
    return [
        one
        for value in values
        if value is not None
        for one in (value if isinstance(value, COLLECTIONS) else (value,))
    ]
