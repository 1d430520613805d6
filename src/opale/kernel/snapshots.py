"""What could be seen at a moment, as PostgreSQL writes it, and which of two moments saw more.

A snapshot says which transactions had ended: all before the first that was running, and of those
that had begun all but the ones it names. Source: PostgreSQL, "Transaction ID and Snapshot
Information Functions" (`pg_snapshot`).
"""

from dataclasses import dataclass
from typing import Final

NOW: Final = "SELECT pg_current_snapshot()::text"
"""Of this moment, or of the transaction where one repeats its reading."""
LONGEST: Final = 4_000
"""Of one that somebody else sends, in letters: some hundreds of transactions that run at once."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`oldest`: all before this transaction had ended; `beyond`: none of this number or above had
    begun; `running`: those that had, and had not ended."""

    oldest: int
    beyond: int
    running: frozenset[int]
    text: str

    @classmethod
    def read(cls, text: str) -> "Snapshot | None":
        """From `xmin:xmax:xip,xip,…`; None where it is none."""
        parts = text.split(":") if text.isascii() and len(text) <= LONGEST else []
        running = parts[2].split(",") if len(parts) == 3 and parts[2] else []
        numbers = [*parts[:2], *running]
        if len(parts) != 3 or not all(number.isdecimal() for number in numbers):
            return None
        return cls(int(parts[0]), int(parts[1]), frozenset(map(int, running)), text)

    @classmethod
    def of(cls, text: str) -> "Snapshot":
        """As PostgreSQL has written it. Errors: ValueError."""
        found = cls.read(text)
        if found is None:
            raise ValueError(f"PostgreSQL wrote a snapshot that is none: {text}")
        return found

    def covers(self, other: "Snapshot") -> bool:
        """Whether all that the other one saw is seen in this one too."""
        return self.beyond >= other.beyond and all(
            number in other.running or number >= other.beyond for number in self.running
        )
