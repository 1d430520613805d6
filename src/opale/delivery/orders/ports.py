"""What upper rooms hold for lines of orders under their own names, given back with the lines."""

from collections.abc import Collection, Mapping
from typing import Protocol


class ReservationHolder(Protocol):
    """Says under which sources something may be reserved for these lines: source -> line."""

    def sources(self, line_ids: Collection[int]) -> Mapping[str, int]: ...

    def unfinished(self, line_ids: Collection[int]) -> Collection[str]:
        """Those of work that is not done: with a completed order nobody does it any more."""
        ...


_holders: list[ReservationHolder] = []


def register(holder: ReservationHolder) -> None:
    """Called once by each upper room, when Opale starts."""
    if holder not in _holders:
        _holders.append(holder)


def sources_for(line_ids: Collection[int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for holder in _holders:
        found |= holder.sources(line_ids)
    return found


def unfinished_for(line_ids: Collection[int]) -> list[str]:
    return [source for holder in _holders for source in holder.unfinished(line_ids)]
