"""A vocabulary with a field of every kind, random trees over it, and what they mean."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from opale.conditions.declarations import (
    WITH_SEVERAL,
    WITHOUT_VALUE,
    Field,
    Kind,
    Literal,
    Op,
    Option,
    Vocabulary,
)
from opale.conditions.trees import Group, Join, Node, Row

GRADES: Final = {"info": 1, "minor": 3, "critical": 5}
NOON: Final = datetime(2027, 1, 4, 12, tzinfo=UTC)
SAMPLE: Final = Vocabulary(
    name="sample",
    fields=(
        Field(name="title", label="Title", kind=Kind.TEXT, any_case=True),
        Field(name="count", label="Count", kind=Kind.NUMBER, optional=True),
        Field(name="hour", label="Hour", kind=Kind.NUMBER),
        Field(
            name="grade", label="Grade", kind=Kind.CHOICE, ordered=True, literal=Literal.NAME,
            choices=[Option(name, name.title()) for name in GRADES],
        ),
        Field(
            name="stage", label="Stage", kind=Kind.CHOICE, optional=True,
            choices=[Option("new", "New"), Option("held", "On hold")],
        ),
        Field(name="vip", label="VIP", kind=Kind.YES_NO),
        Field(name="paid", label="Paid", kind=Kind.YES_NO, optional=True),
        Field(name="made", label="Made", kind=Kind.MOMENT, since="made_ago"),
        Field(name="due", label="Due", kind=Kind.MOMENT, since="due_ago", optional=True),
        Field(name="lasts", label="Duration", kind=Kind.DURATION),
        Field(
            name="customer", label="Customer", kind=Kind.RECORD, cel="customer_id",
            literal=Literal.NUMBER, picker="ui_gallery_pick", optional=True,
            label_of=lambda value: {"1": "Acme", "2": "Beta"}.get(value, ""),
        ),
        Field(name="site", label="Site", kind=Kind.RECORD, picker="ui_gallery_pick", blank=True),
        Field(name="tags", label="Tags", kind=Kind.TEXTS),
        Field(name="labels", label="Label", kind=Kind.NAMED),
    ),
    constants=GRADES,
)  # fmt: skip

WORDS: Final = st.sampled_from(["a", "ab", "Link", "link down", 'say "x"', "\\d", "é\n", "in", "5"])
NUMBERS: Final = st.sampled_from(["0", "1", "3", "-2", "2.5"])
SPANS: Final = st.sampled_from(["1", "60", "300", "3600", "86400", "90061"])
MOMENTS: Final = st.sampled_from(["2027-01-04T12:00:00Z", "2027-01-01T00:00:00Z"])
PATTERNS: Final = st.sampled_from(["^a", "b$", "[Ll]ink", "\\d", "."])


def _values(field: Field, op: Op) -> st.SearchStrategy[str]:
    if field.kind == Kind.DURATION or op in (Op.WITHIN_LAST, Op.BEFORE_LAST, Op.WITHIN_NEXT):
        return SPANS
    if op in (Op.MATCHES, Op.MATCHES_NOT):
        return PATTERNS
    if op == Op.CONTAINS_ANY_CASE:
        return WORDS.map(str.lower)
    if field.kind == Kind.NUMBER or (field.kind == Kind.NAMED and op in (Op.MORE, Op.LESS)):
        return NUMBERS
    if field.kind == Kind.CHOICE:
        return st.sampled_from([option.value for option in field.options])
    return {Kind.MOMENT: MOMENTS, Kind.RECORD: st.sampled_from(["1", "2"])}.get(field.kind, WORDS)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    field = draw(st.sampled_from(SAMPLE.fields))
    op = draw(st.sampled_from(field.operators))
    key = draw(st.sampled_from(["host", "k8s.io/app", "in"])) if field.kind == Kind.NAMED else ""
    if op in WITHOUT_VALUE:
        return Row(field.name, op, (), key)
    most = 3 if op in WITH_SEVERAL else 1
    values = draw(st.lists(_values(field, op), min_size=1, max_size=most, unique=True))
    return Row(field.name, op, tuple(values), key)


def _groups(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Group]:
    return st.builds(
        Group, st.sampled_from(Join), st.lists(parts, min_size=1, max_size=3).map(tuple)
    )


def _with_ages(facts: dict[str, Any]) -> dict[str, Any]:
    """Add how long ago the moments were."""
    due = facts["due"]
    return facts | {
        "made_ago": NOON - facts["made"],
        "due_ago": None if due is None else NOON - due,
    }


TREES: Final = _groups(st.recursive(rows(), _groups, max_leaves=5))
FACTS: Final[st.SearchStrategy[dict[str, Any]]] = st.fixed_dictionaries(
    {
        "title": st.one_of(st.just(""), WORDS),
        "count": st.one_of(st.none(), st.sampled_from([0, 1, 3, 7])),
        "hour": st.integers(0, 23),
        "grade": st.sampled_from(list(GRADES.values())),
        "stage": st.sampled_from([None, "new", "held"]),
        "vip": st.booleans(),
        "paid": st.sampled_from([None, True, False]),
        "made": st.sampled_from([NOON, NOON - timedelta(days=9), NOON + timedelta(days=1)]),
        "due": st.sampled_from([None, NOON, NOON - timedelta(days=9), NOON + timedelta(minutes=2)]),
        "lasts": st.sampled_from([timedelta(0), timedelta(minutes=5), timedelta(days=2)]),
        "customer_id": st.sampled_from([None, 1, 2]),
        "site": st.sampled_from(["", "1", "2"]),
        "tags": st.lists(WORDS, max_size=3),
        "labels": st.dictionaries(st.sampled_from(["host", "k8s.io/app", "in"]), WORDS),
    }
).map(_with_ages)


def fits(node: Node, facts: Mapping[str, Any]) -> bool | None:
    """Evaluate a tree by itself; None where it cannot be worked out, which CEL passes on."""
    if isinstance(node, Row):
        return _row_fits(node, facts)
    found = [fits(part, facts) for part in node.parts]
    decisive = node.join != Join.ALL
    outcome = decisive if decisive in found else None if None in found else not decisive
    return outcome if node.join != Join.NONE or outcome is None else not outcome


def _row_fits(row: Row, facts: Mapping[str, Any]) -> bool | None:
    field = SAMPLE.by_name[row.field]
    said = facts[field.expression]
    op = row.op
    if field.kind == Kind.NAMED:
        if op in (Op.PRESENT, Op.ABSENT):
            return (row.key in said) is (op == Op.PRESENT)
        if row.key not in said:
            return None
        said = said[row.key]
        if op in (Op.MORE, Op.LESS):
            try:
                said = float(said)
            except ValueError:
                return None
    if op in (Op.EMPTY, Op.NOT_EMPTY):
        return (said in ("", None, [])) is (op == Op.EMPTY)
    if op in (Op.YES, Op.NO):
        return said is (op == Op.YES)
    values = [_meant(value, field, op) for value in row.values]
    if op in (Op.HAS_ANY, Op.HAS_NONE):
        return any(value in said for value in values) is (op == Op.HAS_ANY)
    if op in (Op.ONE_OF, Op.NONE_OF):
        return (said in values) is (op == Op.ONE_OF)
    value = values[0]
    if op in (Op.IS, Op.IS_NOT):
        return (said == value) is (op == Op.IS)
    if said is None:
        return False
    ago: Any = facts.get(field.since)
    tests: dict[Op, Callable[[], bool]] = {
        Op.CONTAINS: lambda: value in said,
        Op.CONTAINS_NOT: lambda: value not in said,
        Op.CONTAINS_ANY_CASE: lambda: value in said.lower(),
        Op.STARTS: lambda: said.startswith(value),
        Op.ENDS: lambda: said.endswith(value),
        Op.MATCHES: lambda: bool(re.search(value, said)),
        Op.MATCHES_NOT: lambda: not re.search(value, said),
        Op.MORE: lambda: said > value,
        Op.AT_LEAST: lambda: said >= value,
        Op.LESS: lambda: said < value,
        Op.AT_MOST: lambda: said <= value,
        Op.BEFORE: lambda: said < value,
        Op.AFTER: lambda: said > value,
        Op.HAS: lambda: value in said,
        Op.HAS_NOT: lambda: value not in said,
        Op.WITHIN_LAST: lambda: timedelta() <= ago <= value,
        Op.BEFORE_LAST: lambda: ago > value,
        Op.WITHIN_NEXT: lambda: -value <= ago <= timedelta(),
    }
    return tests[op]()


def _meant(value: str, field: Field, op: Op) -> Any:
    if field.kind == Kind.DURATION or op in (Op.WITHIN_LAST, Op.BEFORE_LAST, Op.WITHIN_NEXT):
        return timedelta(seconds=int(value))
    if field.kind == Kind.MOMENT:
        return datetime.fromisoformat(value)
    if field.literal == Literal.NAME:
        return GRADES[value]
    if (
        field.kind == Kind.NUMBER
        or field.literal == Literal.NUMBER
        or (field.kind == Kind.NAMED and op in (Op.MORE, Op.LESS))
    ):
        return float(value)
    return value
