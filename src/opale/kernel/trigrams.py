"""Search of names by some of their letters, ignoring accents and case, by an index."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Func, Q, TextField, Value
from django.db.models.functions import Concat
from django.db.models.lookups import Contains, PatternLookup
from django.db.models.sql.compiler import SQLCompiler

SHORTEST = 3
"""Fewer letters have no trigram: they are searched at the beginning of words."""


class Plain(Func):
    """Text in lower case without accents, as a trigram index holds it."""

    function = "kernel_plain"
    arity = 1
    output_field = CharField()


class StartsWord(PatternLookup):
    """Lookup: the text or one of its words begins so. One comparison, for which the letters are
    read once per row.
    """

    lookup_name = "begins_a_word"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        text, of_text = self.process_lhs(compiler, connection)
        word, of_word = self.process_rhs(compiler, connection)
        said = connection.pattern_esc.format(word)  # type: ignore[attr-defined]  # not in the stubs
        asked = f"{text} LIKE ANY (ARRAY[{said} || '%%', '%% ' || {said} || '%%'])"
        return asked, (*of_text, *of_word, *of_word)


def searchable_text(*columns: str) -> Plain:
    """Return the columns that name a thing as one text."""
    parts: list[Any] = [columns[0]]
    for column in columns[1:]:
        parts += [Value(" "), column]
    return Plain(Concat(*parts, output_field=TextField()) if len(columns) > 1 else columns[0])


def trigram_index(*columns: str, name: str) -> GinIndex:
    """Return the index that `name_contains` of the same columns uses."""
    return GinIndex(OpClass(searchable_text(*columns), name="gin_trgm_ops"), name=name)


def without_index(column: str) -> Concat:
    """Return a column's text in a form that no index holds.

    To order by a name that has an index, or to look through a few rows, PostgreSQL would else walk
    that index from end to end.
    """
    return Concat(column, Value(""))


def name_contains(word: str, *columns: str) -> Q:
    """Return the condition that a column contains the word; two letters must begin a word."""
    of_row = searchable_text(*columns)
    if len(word) >= SHORTEST:
        return Q(Contains(of_row, Plain(Value(word))))
    return Q(StartsWord(of_row, Plain(Value(word))))
