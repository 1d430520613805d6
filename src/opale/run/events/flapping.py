"""When an alert comes and goes, and when it has stopped: pure, by our own times of receipt.

Source: docs/rules/alerts.md, "What comes and goes".
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

OPENINGS: Final = 4
WITHIN: Final = timedelta(hours=1)
STEADY_FOR: Final = timedelta(minutes=30)


def with_opening(openings: Sequence[datetime], at: datetime) -> tuple[datetime, ...]:
    """The newest openings, as many as have to be known, and one more among them."""
    return tuple(sorted((*openings, at))[-OPENINGS:])


def comes_and_goes(openings: Sequence[datetime]) -> bool:
    """Whether so many openings are so close together that the next ones need no word each."""
    return len(openings) >= OPENINGS and openings[-1] - openings[-OPENINGS] <= WITHIN


def is_steady(turned_at: datetime, *, at: datetime) -> bool:
    """Whether it has neither opened nor cleared for so long that it is told of as before."""
    return at - turned_at >= STEADY_FOR
