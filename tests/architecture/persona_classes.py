"""Which personas a route cannot tell apart: one of them is asked in place of all.

What somebody may do comes from the rights that the matrix grants, and from nothing else
(`test_routes.py` holds that it does). Two employees who hold every right of a route's room on the
same rows, and of whom its row expects the same, therefore get the same answer, and so do two who do
not hold the route's right. With `--thorough` every persona is a class of its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from zlib import crc32

from tests.architecture.route_table import Row
from tests.profiles import is_thorough

from opale.kernel.actor import Actor, Scope

Actors = Mapping[str, Actor]


def classes(row: Row, actors: Actors) -> list[list[str]]:
    """Return the personas in classes of those that the row's route cannot tell apart."""
    found: dict[object, list[str]] = defaultdict(list)
    for name, actor in actors.items():
        found[row.expected[name], rights_held(row, name, actor)].append(name)
    return list(found.values())


def asked(row: Row, actors: Actors) -> Iterable[str]:
    """Return one persona of each class, another one for another row; all of them when thorough."""
    if is_thorough():
        return actors
    turn = crc32(row.name.encode())
    return [members[turn % len(members)] for members in classes(row, actors)]


def is_personal(row: Row, actors: Actors) -> bool:
    """Return whether equal rights are answered differently: the row is about somebody's own."""
    expected: dict[object, set[int]] = defaultdict(set)
    for name, actor in actors.items():
        expected[rights_held(row, name, actor)].add(row.expected[name])
    return any(len(statuses) > 1 for statuses in expected.values())


def rights_held(row: Row, name: str, actor: Actor) -> object:
    """Return what the persona's answer depends on: its rights in the route's room."""
    if row.right == "known":
        # A route for every login shows each what else it may see.
        return name
    if not actor.can(row.right):
        return actor.kind
    if actor.kind != "person":
        return name
    room = f"{row.right.partition('.')[0]}."
    held = ((right, _shape(scope)) for right, scope in actor.grants.items())
    return frozenset(one for one in held if one[0].startswith(room))


def _shape(scope: Scope) -> object:
    """A scope without whose teams it names: each persona is in one of its own."""
    return scope.everything, bool(scope.teams), scope.own, scope.shared
