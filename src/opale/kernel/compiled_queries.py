"""Querysets that are compiled to SQL once and run with other values from then on.

Building a queryset and compiling it to SQL takes longer than PostgreSQL needs to find a few rows by
their key. `@compiled` is for the few queries of the most requested pages: everything else is an
ordinary queryset. Source: docs/decisions/0031-what-the-performance-layer-keeps.md.
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
from opale.kernel.prepared_statements import fetch_rows, inline_texts

P = ParamSpec("P")
T = TypeVar("T")
A = TypeVar("A")

MAX_QUERIES: Final = 4096
"""Compiled queries kept by a process in all: the actor is part of each."""
MAX_STATEMENTS: Final = 64
"""Statements kept of one function, for all actors."""
MAX_VALUES: Final = 8
"""Longer collections are rare, and each length would be a statement of its own."""
COLLECTIONS: Final = (list, tuple, set, frozenset)
FIRST_PLACEHOLDER: Final = 1_947_000_001
"""Placeholders stand for values while a query is compiled: they fit their columns and are no values
of any query."""
FIRST_MOMENT: Final = datetime(2201, 1, 1, tzinfo=UTC)
BOUNDS: Final[Mapping[type, int]] = {Int2: 1 << 15, Int4: 1 << 31, Int8: 1 << 63}


class NotCompilable(Exception):
    """The function returns another queryset each time, or looks at its values."""


def compiled(build: "Callable[P, QuerySet[Any, T]]") -> "CompiledQuery[P, T]":
    """Let a function that builds a queryset return its rows as a list, compiled once.

    Positional arguments are values: numbers, strings, datetimes, or collections of these. The
    function passes them to lookups and neither inspects them nor calculates with them. What changes
    the SQL (the actor, related rows to select, a limit) is a keyword argument and is hashable. It
    reads neither the clock nor the language. A value that does not become a parameter of the SQL,
    or SQL that differs between two calls, raises NotCompilable at the first call. Longer
    collections are queried in the ordinary way.
    """
    return CompiledQuery(build)


class CompiledQuery(Generic[P, T]):
    """Function that returns the rows of a queryset compiled once for each shape."""

    def __init__(self, build: "Callable[P, QuerySet[Any, T]]") -> None:
        self.build = build
        self.statements: dict[str, Statement[T]] = {}
        update_wrapper(self, build)

    def __call__(self, *values: P.args, **shape: P.kwargs) -> list[T]:
        if any(len(value) > MAX_VALUES for value in values if isinstance(value, COLLECTIONS)):
            return list(self.build(*values, **shape))
        kinds = tuple(map(_kind, values))
        query: BoundQuery[T] = _bound_query(self, kinds, tuple(shape.items()))
        try:
            return query.fetch(values)
        except OverflowError:  # more than its column holds: Django knows what to make of it
            return list(self.build(*values, **shape))

    def first(self, *values: P.args, **shape: P.kwargs) -> T | None:
        """Return the first row, or None."""
        rows = self(*values, **shape)
        return rows[0] if rows else None

    def compile(self, kinds: Sequence[Hashable], shape: Mapping[str, Any]) -> "BoundQuery[T]":
        """Compile twice with different placeholders, to detect whatever else differs.

        Errors: NotCompilable.
        """
        numbers = count(FIRST_PLACEHOLDER)
        made, given, places = self._compiled(_placeholders(kinds, numbers), shape)
        other, other_given, other_places = self._compiled(_placeholders(kinds, numbers), shape)
        same = all(
            place in places or (one == another and not _passes(one))
            for place, (one, another) in enumerate(zip(given, other_given, strict=False))
        )
        if made.text != other.text or places != other_places or not same:
            raise NotCompilable(self.build.__qualname__)
        if (
            kinds
            and not made.text
            and self._compiled(_placeholders(kinds, count(1)), shape)[0].text
        ):
            # A placeholder exceeds the column of its value: pass that one by keyword.
            raise NotCompilable(self.build.__qualname__)
        if len(self.statements) >= MAX_STATEMENTS:
            self.statements = {}
        text, apart = inline_texts(made.text, given, places)
        moved = tuple((apart.index(place), value) for place, value in places.items())
        made = self.statements.setdefault(text, replace(made, text=text))
        return BoundQuery(made, [given[place] for place in apart], moved)

    def _compiled(
        self, placeholders: Sequence[Any], shape: Mapping[str, Any]
    ) -> tuple["Statement[T]", Sequence[Any], dict[int, int]]:
        """Return the statement with its parameters, and which of these are which values."""
        queryset: QuerySet[Any, T] = self.build(*placeholders, **shape)
        if vars(queryset)["_prefetch_related_lookups"]:
            raise NotCompilable(self.build.__qualname__)
        made = Statement.of(queryset)
        flat = _flat(placeholders)
        places = {
            place: flat.index(one)
            for place, one in enumerate(made.parameters)
            if isinstance(one, (int, str, datetime)) and one in flat
        }
        if made.text and set(places.values()) != set(range(len(flat))):
            raise NotCompilable(self.build.__qualname__)
        return made, made.parameters, places


@dataclass(frozen=True, slots=True)
class Statement(Generic[T]):
    """A compiled queryset, shared by all whose SQL is the same."""

    queryset: "QuerySet[Any, T]"
    compiler: SQLCompiler
    converters: dict[int, Any]
    text: str
    parameters: Sequence[Any]

    @classmethod
    def of(cls, queryset: "QuerySet[Any, T]") -> "Statement[T]":
        compiler = queryset.query.get_compiler(using=queryset.db)
        try:
            text, parameters = compiler.as_sql()
        except EmptyResultSet:
            return cls(queryset, compiler, {}, "", ())
        columns = [column for column, _, _ in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(columns)
        return cls(queryset, compiler, converters, text, tuple(parameters))

    def rows(self, parameters: Sequence[Any]) -> Iterator[T]:
        queryset, query = _shallow_copy(self.queryset), _shallow_copy(self.queryset.query)
        compiler = PrecompiledCompiler(self, parameters)
        query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        # Not by its setter, which decides anew what rows become.
        vars(queryset)["_query"] = query
        rows: Iterator[T] = iter(vars(queryset)["_iterable_class"](queryset))
        return rows


@dataclass(frozen=True, slots=True)
class BoundQuery(Generic[T]):
    """A statement for one shape, and which of its parameters are which values."""

    statement: Statement[T]
    parameters: Sequence[Any]
    places: Sequence[tuple[int, int]]

    def fetch(self, values: Sequence[Any]) -> list[T]:
        if not self.statement.text:
            return []
        flat, parameters = _flat(values), list(self.parameters)
        for place, number in self.places:
            parameters[place] = _in_place_of(parameters[place], flat[number])
        return list(self.statement.rows(parameters))


class PrecompiledCompiler(SQLCompiler):
    """SQL compiler that is given its SQL: rows are still built by Django.

    A customer's query is planned with its values, as Django's own queries are: a generic plan would
    read all tickets of one customer to find the newest.
    """

    def __init__(self, statement: Statement[Any], parameters: Sequence[Any]) -> None:
        self.__dict__.update(statement.compiler.__dict__)
        self.connection = connections[statement.queryset.db]
        self.statement, self.parameters = statement, parameters

    def execute_sql(self, *_: object, **__: object) -> Any:
        if self.query.select_for_update and self.connection.get_autocommit():
            raise TransactionManagementError("Rows are locked in a transaction alone.")
        rows: Any
        if is_customer_request():
            with self.connection.cursor() as cursor:
                cursor.execute(self.statement.text, self.parameters)
                rows = cursor.fetchall()
        else:
            rows = fetch_rows(self.statement.text, *self.parameters)
        return [[row[: self.col_count] for row in rows] if self.has_extra_select else rows]

    def results_iter(  # type: ignore[override]  # in chunks it is never asked
        self, results: Any = None, tuple_expected: bool = False, **_: object
    ) -> Any:
        rows: Any = chain.from_iterable(self.execute_sql() if results is None else results)
        if self.statement.converters:
            rows = self.apply_converters(rows, self.statement.converters)
        return map(tuple, rows) if tuple_expected else rows


def _in_place_of(placeholder: object, value: Any) -> Any:
    """Return the number with the type that Django gave its column. Errors: OverflowError."""
    if not isinstance(placeholder, int):
        return value
    bound = BOUNDS.get(type(placeholder), BOUNDS[Int8])
    if not -bound <= value < bound:
        raise OverflowError
    return type(placeholder)(value)


def _shallow_copy(of: A) -> A:
    """Return another object with the same attributes: `copy` would query, `clone` takes time."""
    twin: A = object.__new__(type(of))
    twin.__dict__.update(of.__dict__)
    return twin


@lru_cache(maxsize=MAX_QUERIES)
def _bound_query(
    of: CompiledQuery[Any, Any], kinds: tuple[Hashable, ...], shape: tuple[tuple[str, Any], ...]
) -> BoundQuery[Any]:
    return of.compile(kinds, dict(shape))


def _kind(value: object) -> Hashable:
    """Return the part of a value that changes the SQL."""
    if value is None:
        return None
    for kind in (str, datetime):
        if isinstance(value, kind):
            return kind
    if isinstance(value, int) and not isinstance(value, bool):
        return int
    if isinstance(value, COLLECTIONS):
        return (tuple(map(_kind, value)),)
    raise TypeError(f"{type(value).__name__} is no value of a compiled query.")


def _passes(constant: object) -> bool:
    """Return whether the value is a moment or a day, which soon changes; `date.max` does not."""
    return isinstance(constant, date) and constant.year != date.max.year


def _placeholders(kinds: Iterable[Hashable], numbers: Iterable[int]) -> list[Any]:
    return [_placeholder(kind, numbers) for kind in kinds]


def _placeholder(kind: Hashable, numbers: Any) -> Any:
    if isinstance(kind, tuple):
        return tuple(_placeholder(each, numbers) for each in kind[0])
    if kind is None:
        return None
    number = next(numbers)
    if kind is int:
        return number
    return f"value{number}" if kind is str else FIRST_MOMENT + timedelta(microseconds=number)


def _flat(values: Iterable[Any]) -> list[Any]:
    """Return the values without those that are None: a lookup of None has no parameter."""
    return [
        one
        for value in values
        if value is not None
        for one in (value if isinstance(value, COLLECTIONS) else (value,))
    ]
