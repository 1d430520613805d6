"""Ports for apps that reserved for an order or forecast its end, before its project opened."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
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


class ForecastSource(Protocol):
    """An app that forecast the delivery of an order before it was placed."""

    def safe_day(self, order_id: int) -> date | None:
        """Return the day that delivery keeps with 80 %."""
        ...


_forecasts: list[ForecastSource] = []


def register_forecast(source: ForecastSource) -> None:
    """Register a source; each app calls it once, when Opale starts."""
    if source not in _forecasts:
        _forecasts.append(source)


def safe_day(order_id: int) -> date | None:
    """Return the latest day that a source names for an order, or None."""
    days = (source.safe_day(order_id) for source in _forecasts)
    return max((day for day in days if day is not None), default=None)
