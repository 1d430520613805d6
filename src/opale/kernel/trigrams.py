"""Names found by some of their letters, without accents and whatever the case, by an index."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Func, Q, TextField, Value
from django.db.models.functions import Concat
from django.db.models.lookups import Contains, PatternLookup
from django.db.models.sql.compiler import SQLCompiler

SHORTEST = 3
"""Fewer letters have no trigram: they are looked for where a word begins."""


class Plain(Func):
    """A text in small letters without accents, as an index of its letters holds it."""

    function = "kernel_plain"
    arity = 1
    output_field = CharField()


class StartsWord(PatternLookup):
    """The text begins so, or one of its words does: one comparison, for which its letters are
    read once of each row."""

    lookup_name = "begins_a_word"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        text, of_text = self.process_lhs(compiler, connection)
        word, of_word = self.process_rhs(compiler, connection)
        said = connection.pattern_esc.format(word)  # type: ignore[attr-defined]  # not in the stubs
        asked = f"{text} LIKE ANY (ARRAY[{said} || '%%', '%% ' || {said} || '%%'])"
        return asked, (*of_text, *of_word, *of_word)


def searchable_text(*columns: str) -> Plain:
    """Everything that a thing is called by, as one text."""
    parts: list[Any] = [columns[0]]
    for column in columns[1:]:
        parts += [Value(" "), column]
    return Plain(Concat(*parts, output_field=TextField()) if len(columns) > 1 else columns[0])


def trigram_index(*columns: str, name: str) -> GinIndex:
    """The index that `spelled` of the same columns asks."""
    return GinIndex(OpClass(searchable_text(*columns), name="gin_trgm_ops"), name=name)


def without_index(column: str) -> Concat:
    """A column's text as no index holds it.

    To order by a name that has an index, or to look through a few rows, PostgreSQL would else walk
    that index from end to end, in the hope of what is rare or of what all hold.
    """
    return Concat(column, Value(""))


def name_contains(word: str, *columns: str) -> Q:
    """The word stands in one of the columns; two letters stand where a word begins."""
    of_row = searchable_text(*columns)
    if len(word) >= SHORTEST:
        return Q(Contains(of_row, Plain(Value(word))))
    return Q(StartsWord(of_row, Plain(Value(word))))
