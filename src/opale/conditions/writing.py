"""CEL of a tree."""

import json
from typing import Final

from opale.conditions.declarations import (
    AMONG,
    GUARDED,
    SINCE,
    WITH_SEVERAL,
    WITHOUT_VALUE,
    Field,
    Kind,
    Literal,
    Op,
    Vocabulary,
)
from opale.conditions.spans import cel_duration
from opale.conditions.tokens import NAME
from opale.conditions.trees import Group, Join, Row, normalised

SIGNS: Final = {
    Op.IS: "==", Op.IS_NOT: "!=", Op.MORE: ">", Op.AT_LEAST: ">=", Op.LESS: "<", Op.AT_MOST: "<=",
    Op.BEFORE: "<", Op.AFTER: ">",
}  # fmt: skip
CALLS: Final = {
    Op.CONTAINS: "contains",
    Op.CONTAINS_NOT: "contains",
    Op.STARTS: "startsWith",
    Op.ENDS: "endsWith",
    Op.MATCHES: "matches",
    Op.MATCHES_NOT: "matches",
}
NEGATED: Final = frozenset(
    {Op.NONE_OF, Op.CONTAINS_NOT, Op.MATCHES_NOT, Op.HAS_NOT, Op.HAS_NONE, Op.ABSENT}
)
RESERVED: Final = frozenset(
    {"as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in"}
    | {"let", "loop", "namespace", "null", "package", "return", "true", "var", "void", "while"}
)
"""Words that are no names after a dot."""
BOUND: Final = "one"
"""The name that a loop over a list of texts binds."""


def write_condition(tree: Group, vocabulary: Vocabulary) -> str:
    """Return the CEL of a tree whose rows are complete; it is read back `normalised`."""
    return _group(normalised(tree), vocabulary, within=False)


def _group(group: Group, vocabulary: Vocabulary, *, within: bool) -> str:
    parts = [
        _row(part, vocabulary.by_name[part.field])
        if isinstance(part, Row)
        else _group(part, vocabulary, within=len(group.parts) > 1 or group.join == Join.NONE)
        for part in group.parts
    ]
    joined = (" && " if group.join == Join.ALL else " || ").join(parts)
    if group.join == Join.NONE:
        return f"!({joined})"
    return f"({joined})" if within and len(parts) > 1 else joined


def _row(row: Row, field: Field) -> str:
    said = _read(row, field)
    plain = _comparison(row, field, said)
    if row.op in NEGATED:
        plain = f"!{plain}" if row.op in CALLS or row.op == Op.HAS_NONE else f"!({plain})"
    if field.optional and row.op in GUARDED:
        return f"({said} != null && {plain})"
    return f"({plain})" if " && " in plain else plain


def _read(row: Row, field: Field) -> str:
    """Return the CEL that reads the field."""
    if field.kind != Kind.NAMED:
        return field.expression
    if NAME.fullmatch(row.key) and row.key not in RESERVED:
        return f"{field.expression}.{row.key}"
    return f"{field.expression}[{quoted(row.key)}]"


def _comparison(row: Row, field: Field, said: str) -> str:
    """Return the comparison, without its `!` and without asking first whether there is a value."""
    op = row.op
    if op in WITHOUT_VALUE:
        return _asked(row, field, said)
    values = [literal(value, field, op) for value in row.values]
    if op in SINCE:
        return _span(op, field.since, values[0])
    if op in WITH_SEVERAL:
        listed = f"[{', '.join(values)}]"
        return (
            f"{said} in {listed}" if op in AMONG else f"{said}.exists({BOUND}, {BOUND} in {listed})"
        )
    if op in (Op.HAS, Op.HAS_NOT):
        return f"{values[0]} in {said}"
    if op in CALLS:
        return f"{said}.{CALLS[op]}({values[0]})"
    if op == Op.CONTAINS_ANY_CASE:
        return f"{said}.lower().contains({values[0]})"
    if field.kind == Kind.NAMED and op in (Op.MORE, Op.LESS):
        return f"double({said}) {SIGNS[op]} {_decimal(values[0])}"
    return f"{said} {SIGNS[op]} {values[0]}"


def _asked(row: Row, field: Field, said: str) -> str:
    """Return what is asked without a value to compare with."""
    if row.op in (Op.PRESENT, Op.ABSENT):
        return f"{quoted(row.key)} in {field.expression}"
    if row.op in (Op.YES, Op.NO):
        return f"{said} == {'true' if row.op == Op.YES else 'false'}"
    sign = "==" if row.op == Op.EMPTY else "!="
    nothing = quoted("") if field.blank else EMPTY_VALUES.get(field.kind, "null")
    return f"{said} {sign} {nothing}"


def _span(op: Op, since: str, span: str) -> str:
    if op == Op.BEFORE_LAST:
        return f"{since} > {span}"
    if op == Op.WITHIN_LAST:
        return f'{since} >= duration("0s") && {since} <= {span}'
    return f'{since} <= duration("0s") && {since} >= {span.replace(chr(34), chr(34) + "-", 1)}'


EMPTY_VALUES: Final = {Kind.TEXT: '""', Kind.NAMED: '""', Kind.TEXTS: "[]"}


def literal(value: str, field: Field, op: Op) -> str:
    """Return the CEL of a stored value."""
    if field.kind in (Kind.CHOICE, Kind.RECORD):
        return quoted(value) if field.literal == Literal.TEXT else value
    if field.kind == Kind.DURATION or op in SINCE:
        return f'duration("{cel_duration(int(value))}")'
    if field.kind == Kind.MOMENT:
        return f'timestamp("{value}")'
    number = field.kind == Kind.NUMBER or (field.kind == Kind.NAMED and op in (Op.MORE, Op.LESS))
    return value if number else quoted(value)


def quoted(text: str) -> str:
    """Return a text in quotes, as CEL reads it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _decimal(number: str) -> str:
    return number if "." in number else f"{number}.0"
