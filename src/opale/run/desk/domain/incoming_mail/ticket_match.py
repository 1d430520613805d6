"""Rules that find the ticket a mail is about, by weighted clues.

Source: docs/rules/mail.md, "Which ticket".
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

ClueKind = Literal["token", "answered", "earlier", "partner", "number"]

WEIGHTS: Mapping[ClueKind, int] = {
    "token": 100,
    "answered": 40,
    "earlier": 30,
    "partner": 15,
    "number": 10,
}
"""A signed address outweighs all the rest together, and an answered mail any number."""
STRONG_CLUES: frozenset[ClueKind] = frozenset({"token", "answered", "earlier"})
"""Clues known only to receivers of a mail of the thread. Anybody can write a number."""


@dataclass(frozen=True, slots=True)
class Clue:
    """A clue for a ticket. `said` is the text found in the mail; `message_id` the message answered,
    if known."""

    kind: ClueKind
    ticket_id: int
    said: str = ""
    message_id: int | None = None

    @property
    def weight(self) -> int:
        return WEIGHTS[self.kind]


@dataclass(frozen=True, slots=True)
class TicketMatch:
    """The ticket with the most weight; without `ticket_id`, no clue was found."""

    ticket_id: int | None = None
    clues: tuple[Clue, ...] = ()

    @property
    def speaking(self) -> tuple[Clue, ...]:
        return tuple(clue for clue in self.clues if clue.ticket_id == self.ticket_id)

    @property
    def is_strong(self) -> bool:
        return any(clue.kind in STRONG_CLUES for clue in self.speaking)

    @property
    def contradicts(self) -> bool:
        """Return whether a clue points to another ticket too."""
        return len({clue.ticket_id for clue in self.clues}) > 1


def choose_ticket(clues: Iterable[Clue]) -> TicketMatch:
    """Return the ticket with the heaviest clues, each kind counted once; the first wins a tie."""
    known = tuple(clues)
    weights: dict[int, dict[str, int]] = defaultdict(dict)
    for clue in known:
        weights[clue.ticket_id][clue.kind] = clue.weight
    if not weights:
        return TicketMatch()
    heaviest = max(weights, key=lambda ticket_id: sum(weights[ticket_id].values()))
    return TicketMatch(heaviest, known)
