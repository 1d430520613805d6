"""Port for apps that hold reservations for order lines under their own sources."""

from collections.abc import Collection, Mapping
from typing import Protocol


class ReservationHolder(Protocol):
    """Maps the sources under which an app may reserve for these lines: source -> line."""

    def sources(self, line_ids: Collection[int]) -> Mapping[str, int]: ...

    def unfinished(self, line_ids: Collection[int]) -> Collection[str]:
        """Return the sources of unfinished work, which a completed order no longer needs."""
        ...


_holders: list[ReservationHolder] = []


def register(holder: ReservationHolder) -> None:
    """Register a holder; each app calls it once, when Opale starts."""
    if holder not in _holders:
        _holders.append(holder)


def sources_for(line_ids: Collection[int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for holder in _holders:
        found |= holder.sources(line_ids)
    return found


def unfinished_for(line_ids: Collection[int]) -> list[str]:
    return [source for holder in _holders for source in holder.unfinished(line_ids)]
