"""Tree of a condition in CEL, where rows and groups can say the same."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from opale.conditions.cel import cel
from opale.conditions.declarations import (
    GUARDED,
    Field,
    Kind,
    Literal,
    Op,
    Vocabulary,
)
from opale.conditions.syntax import (
    Call,
    Compared,
    Expression,
    Joined,
    Listed,
    Member,
    Name,
    Negated,
    Number,
    Text,
    Unread,
    parse_expression,
)
from opale.conditions.trees import (
    MAX_LEVELS,
    MAX_ROWS,
    OPPOSITES,
    Group,
    Join,
    Node,
    Row,
    levels,
    normalised,
    rows,
)

FLIPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
OF_SIGNS: Final = {
    "==": Op.IS, "!=": Op.IS_NOT, ">": Op.MORE, ">=": Op.AT_LEAST, "<": Op.LESS, "<=": Op.AT_MOST,
}  # fmt: skip
OF_CALLS: Final = {
    "contains": Op.CONTAINS,
    "startsWith": Op.STARTS,
    "endsWith": Op.ENDS,
    "matches": Op.MATCHES,
}
NOTHING: Final = timedelta()
NO_EXPRESSION: Final = Name("")


def read_condition(source: str, vocabulary: Vocabulary) -> Group | None:
    """Return the tree of a condition, or None where it can only be shown as code."""
    try:
        found = _node(parse_expression(source), vocabulary)
    except Unread:
        return None
    tree = normalised(found if isinstance(found, Group) else Group(Join.ALL, (found,)))
    too_large = len(list(rows(tree))) > MAX_ROWS or levels(tree) > MAX_LEVELS
    return None if too_large else tree


def _node(of: Expression, vocabulary: Vocabulary) -> Node:
    for field in vocabulary.fields:
        if (row := _row(of, field)) is not None:
            return row
    if isinstance(of, Joined):
        parts = tuple(_node(part, vocabulary) for part in of.parts)
        return Group(Join.ALL if of.sign == "&&" else Join.ANY, parts)
    if isinstance(of, Negated):
        part = _node(of.of, vocabulary)
        if isinstance(part, Group) and part.join == Join.ANY:
            return Group(Join.NONE, part.parts)
        return Group(Join.NONE, (part,))
    raise Unread


def _row(of: Expression, field: Field) -> Row | None:
    """Return the row of this field that says the same, if there is one."""
    if isinstance(of, Negated):
        return _negated(of, field)
    if isinstance(of, Joined):
        return _joined(of, field)
    if isinstance(of, Call):
        return _called(of, field)
    if isinstance(of, Compared):
        return _compared(of, field)
    if field.kind == Kind.YES_NO and not field.optional and of == _expression(field.expression):
        return Row(field.name, Op.YES)
    return None


def _negated(of: Negated, field: Field) -> Row | None:
    row = _row(of.of, field)
    if row is None:
        return None
    if row.op == Op.YES and of.of == _expression(field.expression):
        return Row(field.name, Op.NO)
    if row.op in OPPOSITES:
        return Row(field.name, OPPOSITES[row.op], row.values, row.key)
    return None


def _joined(of: Joined, field: Field) -> Row | None:
    """Return the row of a comparison that asks first whether there is a value, or of a span."""
    if of.sign != "&&":
        return None
    parts = list(of.parts)
    if field.optional and parts[0] == Compared("!=", _expression(field.expression), Name("null")):
        rest = parts[1] if len(parts) == 2 else Joined("&&", tuple(parts[1:]))
        row = _unguarded(rest, field)
        return row if row is not None and row.op in GUARDED else None
    return None if field.optional else _span(of, field)


def _unguarded(of: Expression, field: Field) -> Row | None:
    if isinstance(of, Joined):
        return _span(of, field)
    return _order(of, field) if isinstance(of, Compared) else None


def _span(of: Expression, field: Field) -> Row | None:
    """Return the row of two bounds of a time since: the last days, or the next ones."""
    if not field.since or not isinstance(of, Joined) or of.sign != "&&":
        return None
    since = _expression(field.since)
    bounds = {}
    for part in of.parts:
        if not isinstance(part, Compared) or part.left != since or part.sign in bounds:
            return None
        bounds[part.sign] = _duration(part.right)
    if bounds.keys() != {"<=", ">="}:
        return None
    low, high = bounds[">="], bounds["<="]
    if low == NOTHING:
        return Row(field.name, Op.WITHIN_LAST, (_seconds(high),))
    return Row(field.name, Op.WITHIN_NEXT, (_seconds(-low),)) if high == NOTHING else None


def _called(of: Call, field: Field) -> Row | None:
    if of.name == "has" and of.of is None and len(of.given) == 1:
        return _named(of.given[0], Op.PRESENT, field)
    if of.of is None or not of.given:
        return None
    if field.kind == Kind.TEXTS and of.of == _expression(field.expression):
        match of:
            case Call("exists", _, (Name(one), Compared("in", Name(other), Listed(values)))) if (
                one == other
            ):
                return Row(field.name, Op.HAS_ANY, tuple(_text(value) for value in values))
        return None
    if len(of.given) != 1 or of.name not in OF_CALLS:
        return None
    read, op, text = of.of, OF_CALLS[of.name], _text(of.given[0])
    if (
        field.any_case
        and op == Op.CONTAINS
        and read == Call("lower", _expression(field.expression), ())
        and text == text.lower()
    ):
        return Row(field.name, Op.CONTAINS_ANY_CASE, (text,))
    if field.kind == Kind.TEXT and read == _expression(field.expression):
        return Row(field.name, op, (text,))
    return _named(read, op, field, text) if field.kind == Kind.NAMED else None


def _compared(of: Compared, field: Field) -> Row | None:
    if of.sign == "in":
        return _among(of, field)
    if isinstance(of.left, Text | Number) or of.left in (Name("null"), Name("true"), Name("false")):
        of = Compared(FLIPPED[of.sign], of.right, of.left)
    if field.kind == Kind.NAMED:
        return _compared_name(of, field)
    if of.left != _expression(field.expression) and of.left != _expression(field.since):
        return None
    if of.left == _expression(field.expression) and (row := _emptiness(of, field)):
        return row
    if field.kind == Kind.YES_NO and of.sign == "==" and isinstance(of.right, Name):
        op = {"true": Op.YES, "false": Op.NO}.get(of.right.name)
        return Row(field.name, op) if op else None
    if of.sign in ("==", "!="):
        op = OF_SIGNS[of.sign]
        if op not in field.operators or of.left != _expression(field.expression):
            return None
        return Row(field.name, op, (_value(of.right, field),))
    return None if field.optional else _order(of, field)


def _order(of: Compared, field: Field) -> Row | None:
    if field.since and of.left == _expression(field.since):
        if of.sign != ">":
            return None
        return Row(field.name, Op.BEFORE_LAST, (_seconds(_duration(of.right)),))
    if of.left != _expression(field.expression):
        return None
    if field.kind == Kind.MOMENT:
        op = {"<": Op.BEFORE, ">": Op.AFTER}.get(of.sign)
    else:
        op = OF_SIGNS.get(of.sign)
    if op is None or op not in field.operators or op not in GUARDED:
        return None
    return Row(field.name, op, (_value(of.right, field),))


def _emptiness(of: Compared, field: Field) -> Row | None:
    empty: dict[Kind, Expression] = {Kind.TEXT: Text(""), Kind.TEXTS: Listed(())}
    nothing = Text("") if field.blank else empty.get(field.kind, Name("null"))
    if of.sign not in ("==", "!=") or Op.EMPTY not in field.operators or of.right != nothing:
        return None
    return Row(field.name, Op.EMPTY if of.sign == "==" else Op.NOT_EMPTY)


def _among(of: Compared, field: Field) -> Row | None:
    if field.kind == Kind.TEXTS:
        if of.right != _expression(field.expression):
            return None
        return Row(field.name, Op.HAS, (_text(of.left),))
    if field.kind == Kind.NAMED and isinstance(of.left, Text):
        if of.right != _expression(field.expression):
            return None
        return Row(field.name, Op.PRESENT, (), of.left.text)
    if Op.ONE_OF not in field.operators or not isinstance(of.right, Listed):
        return None
    if field.kind == Kind.NAMED:
        if not _is_named(of.left, field):
            return None
        return _named(of.left, Op.ONE_OF, field, *(_text(value) for value in of.right.of))
    if of.left != _expression(field.expression) or not of.right.of:
        return None
    return Row(field.name, Op.ONE_OF, tuple(_value(value, field) for value in of.right.of))


def _compared_name(of: Compared, field: Field) -> Row | None:
    if isinstance(of.left, Call) and of.left.name == "double" and of.left.of is None:
        op = {"<": Op.LESS, ">": Op.MORE}.get(of.sign)
        if op is None or not isinstance(of.right, Number) or len(of.left.given) != 1:
            return None
        return _named(of.left.given[0], op, field, of.right.text.removesuffix(".0"))
    if not isinstance(of.right, Text) or of.sign not in ("==", "!="):
        return None
    if not of.right.text:
        return _named(of.left, Op.EMPTY if of.sign == "==" else Op.NOT_EMPTY, field)
    return _named(of.left, OF_SIGNS[of.sign], field, of.right.text)


def _is_named(of: Expression, field: Field) -> bool:
    return isinstance(of, Member) and of.of == _expression(field.expression)


def _named(of: Expression, op: Op, field: Field, *values: str) -> Row | None:
    """Return the row of a name of a mapping, where that is what is read."""
    if field.kind != Kind.NAMED or not isinstance(of, Member) or not _is_named(of, field):
        return None
    return Row(field.name, op, values, of.name)


@lru_cache(maxsize=500)
def _expression(source: str) -> Expression:
    return parse_expression(source) if source else NO_EXPRESSION


def _text(of: Expression) -> str:
    if not isinstance(of, Text):
        raise Unread
    return of.text


def _value(of: Expression, field: Field) -> str:  # one for each kind
    """Return the stored value of a literal. Errors: Unread."""
    if field.kind == Kind.DURATION:
        return _seconds(_duration(of))
    if field.kind == Kind.MOMENT:
        return _moment(of)
    if field.kind == Kind.NUMBER and isinstance(of, Number):
        return of.text
    if field.kind in (Kind.CHOICE, Kind.RECORD):
        if field.literal == Literal.NAME and isinstance(of, Name):
            return of.name
        if field.literal == Literal.NUMBER and isinstance(of, Number):
            return of.text
        if field.literal == Literal.TEXT:
            return _text(of)
    if field.kind == Kind.TEXT:
        return _text(of)
    raise Unread


def _duration(of: Expression) -> timedelta:
    match of:
        case Call("duration", None, (Text(text),)):
            with suppress(RuntimeError, ValueError, TypeError):
                found = cel.evaluate(f'duration("{text}")') if '"' not in text else None
                if isinstance(found, timedelta):
                    return found
    raise Unread


def _seconds(span: timedelta) -> str:
    if span < NOTHING or span.microseconds:
        raise Unread
    return str(int(span.total_seconds()))


def _moment(of: Expression) -> str:
    match of:
        case Call("timestamp", None, (Text(text),)):
            with suppress(ValueError):
                found = datetime.fromisoformat(text)
                if found.tzinfo is not None and not found.microsecond:
                    return iso(found)
    raise Unread


def iso(moment: datetime) -> str:
    """Return the stored value of a moment."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
