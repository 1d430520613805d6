"""Conditions as trees: groups of rows and of further groups."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from opale.conditions.declarations import Op

MAX_ROWS: Final = 50
MAX_LEVELS: Final = 4
"""The most groups within each other."""


class Join(StrEnum):
    """How the parts of a group are joined."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Row:
    """A comparison of a field. `values` are texts: a duration in seconds, a moment in ISO form.

    `key` is the name that is read of a NAMED field.
    """

    field: str
    op: Op
    values: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    join: Join
    parts: tuple["Row | Group", ...]


Node = Row | Group
OPPOSITES: Final = {
    Op.ONE_OF: Op.NONE_OF,
    Op.CONTAINS: Op.CONTAINS_NOT,
    Op.MATCHES: Op.MATCHES_NOT,
    Op.HAS: Op.HAS_NOT,
    Op.HAS_ANY: Op.HAS_NONE,
    Op.PRESENT: Op.ABSENT,
}
"""Operators whose negation CEL writes as `!`."""


def rows(tree: Group) -> Iterator[Row]:
    """Yield every row of a tree."""
    for part in tree.parts:
        if isinstance(part, Row):
            yield part
        else:
            yield from rows(part)


def levels(tree: Group) -> int:
    """Return how many groups stand within each other, the outermost counted."""
    return 1 + max((levels(part) for part in tree.parts if isinstance(part, Group)), default=0)


def normalised(tree: Group) -> Group:
    """Return the simplest tree that is written alike: the one that is read back.

    A group of one part is that part, a group within one that joins alike is part of it.
    """
    found = _simplified(tree)
    return found if isinstance(found, Group) else Group(Join.ALL, (found,))


def _simplified(node: Node) -> Node:
    if isinstance(node, Row):
        return node
    parts = tuple(_flat(node.join, (_simplified(part) for part in node.parts)))
    if len(parts) > 1:
        return Group(node.join, parts)
    [only] = parts
    if node.join != Join.NONE:
        return only
    if isinstance(only, Row) and only.op in OPPOSITES:
        return replace(only, op=OPPOSITES[only.op])
    if isinstance(only, Group) and only.join == Join.ANY:
        return Group(Join.NONE, only.parts)
    return Group(Join.NONE, (only,))


def _flat(join: Join, parts: Iterable[Node]) -> Iterable[Node]:
    """Yield the parts; of a group that joins alike, its parts. None of any is none of each."""
    inner = Join.ANY if join == Join.NONE else join
    for part in parts:
        if isinstance(part, Group) and part.join == inner:
            yield from part.parts
        else:
            yield part
