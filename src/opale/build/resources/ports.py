"""What upper rooms know of the work for which hours are reserved, by its source."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from opale.kernel.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """When some work may be done and is wished for.

    `not_before` waits for a supplier or a customer; `after` are the sources of what it follows,
    each with days between; `frozen` are stretches of days on which nothing may be changed, both
    days included. Work that is `fixed` stays where it is.
    """

    not_before: date | None = None
    wished: date | None = None
    after: tuple[tuple[str, int], ...] = ()
    frozen: tuple[tuple[date, date], ...] = ()
    fixed: bool = False


class WorkSource(Protocol):
    """Says of some sources what it knows; of the others, nothing."""

    def planned(self, sources: Collection[str], *, seen_by: Actor) -> Mapping[str, Planned]: ...


_sources: list[WorkSource] = []


def register(source: WorkSource) -> None:
    """Called once by each upper room, when Opale starts."""
    _sources.append(source)


def planned_by(sources: Collection[str], *, seen_by: Actor) -> Mapping[str, Planned]:
    found: dict[str, Planned] = {}
    for one in _sources:
        found |= one.planned(sources, seen_by=seen_by)
    return found
