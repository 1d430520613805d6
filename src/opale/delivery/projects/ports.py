"""Port for apps that reserved for an order line before a project delivers it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBefore:
    """A confirmed reservation of a line: of a person for a copy of a step, of a pool, or of named
    units for the need that is counted in `need`."""

    line_id: int
    reservation_id: int
    key: str = ""
    piece: int = 0
    person_id: int | None = None
    pool_id: int | None = None
    need: str = ""


class HeldBeforeSource(Protocol):
    """An app that reserved for order lines before their project was opened."""

    def held_before(self, line_ids: Collection[int]) -> Sequence[HeldBefore]: ...


_forerunners: list[HeldBeforeSource] = []


def register(room: HeldBeforeSource) -> None:
    """Register a source; each app calls it once, when Opale starts."""
    if room not in _forerunners:
        _forerunners.append(room)


def held_before(line_ids: Collection[int]) -> list[HeldBefore]:
    return [held for room in _forerunners for held in room.held_before(line_ids)]
