"""Detection of flapping alerts: pure, by our own times of receipt.

Source: docs/rules/alerts.md, "Flapping".
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

FLAPPING_OPENINGS: Final = 4
FLAPPING_WINDOW: Final = timedelta(hours=1)
STABLE_AFTER: Final = timedelta(minutes=30)


def add_opening(openings: Sequence[datetime], at: datetime) -> tuple[datetime, ...]:
    """Return the newest openings, as many as are needed, with this one among them."""
    return tuple(sorted((*openings, at))[-FLAPPING_OPENINGS:])


def is_flapping(openings: Sequence[datetime]) -> bool:
    """Return whether so many openings are so close together that the alert flaps."""
    return (
        len(openings) >= FLAPPING_OPENINGS
        and openings[-1] - openings[-FLAPPING_OPENINGS] <= FLAPPING_WINDOW
    )
