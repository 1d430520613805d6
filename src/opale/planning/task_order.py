"""Order of tasks that wait for each other. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush


class Cycle(ValueError):
    """Packages that wait for each other; `keys` come back to the first."""

    def __init__(self, keys: Sequence[int]) -> None:
        super().__init__(f"a cycle: {keys}")
        self.keys = tuple(keys)


@dataclass(frozen=True, slots=True)
class Link:
    """A dependency: `after` waits for the end of `before` and for `lag` further working days."""

    before: int
    after: int
    lag: int = 0


def in_order(keys: Iterable[int], links: Iterable[Link]) -> list[int]:
    """Sort each package after all that it waits for, otherwise as given. Errors: Cycle."""
    place = {key: index for index, key in enumerate(keys)}
    waits: dict[int, int] = dict.fromkeys(place, 0)
    then: dict[int, list[int]] = defaultdict(list)
    for link in links:
        then[link.before].append(link.after)
        waits[link.after] += 1
    ready = [place[key] for key, count in waits.items() if not count]
    heapify(ready)
    named = list(place)
    found: list[int] = []
    while ready:
        key = named[heappop(ready)]
        found.append(key)
        for later in then[key]:
            waits[later] -= 1
            if not waits[later]:
                heappush(ready, place[later])
    if len(found) < len(place):
        left = {key for key, count in waits.items() if count}
        raise Cycle(_cycle_among(left, then))
    return found


def _cycle_among(left: set[int], then: Mapping[int, Sequence[int]]) -> list[int]:
    """Return one cycle among packages that can never begin, found by walking back."""
    before: dict[int, int] = {}
    for key in left:
        for later in then.get(key, ()):
            if later in left:
                before.setdefault(later, key)
    key = min(left)
    seen: list[int] = []
    while key not in seen:
        seen.append(key)
        key = before[key]
    way = seen[seen.index(key) :][::-1]
    turn = way.index(min(way))
    return [*way[turn:], *way[:turn], way[turn]]
