"""What customers needs from rooms above it: what a change of plan does to work that runs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from opale.customers.models import Service, SupportPlan
from opale.kernel.actor import Actor

Matrix = Mapping[str, Mapping[str, int]]


class Content(Protocol):
    @property
    def matrix(self) -> Matrix: ...
    @property
    def premium_matrix(self) -> Matrix: ...


class ContentTarget(Protocol):
    @property
    def measure(self) -> str: ...
    @property
    def priority(self) -> int: ...
    @property
    def premium(self) -> bool: ...
    @property
    def target(self) -> timedelta: ...
    @property
    def coverage(self) -> str: ...


@dataclass(frozen=True, slots=True)
class ProposedTarget:
    """As a target of a version says it, stored or not."""

    measure: str
    priority: int
    premium: bool
    target: timedelta
    coverage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What would be promised from a day on: under a plan, or on one service that gets it."""

    plan: SupportPlan
    starts: date
    matrix: Matrix
    premium_matrix: Matrix
    targets: tuple[ProposedTarget, ...]
    service: Service | None = None

    @classmethod
    def of(
        cls,
        plan: SupportPlan,
        starts: date,
        said: "Content",
        targets: "Iterable[ContentTarget]",
        service: Service | None = None,
    ) -> "Proposal":
        """What a version says, stored or not, as a question."""
        return cls(
            plan=plan,
            starts=starts,
            matrix=said.matrix,
            premium_matrix=said.premium_matrix,
            targets=tuple(
                ProposedTarget(t.measure, t.priority, t.premium, t.target, t.coverage)
                for t in targets
            ),
            service=service,
        )


@dataclass(frozen=True, slots=True)
class ChangedClock:
    """When a promise falls due at present and would fall due; `breaks`: it would be broken.

    `code` names the measure, `measure` says it to the reader.
    """

    code: str
    measure: str
    before: datetime | None
    after: datetime | None
    breaks: bool


@dataclass(frozen=True, slots=True)
class ChangedTicket:
    """A running ticket whose promises differ. It `follows` if it was received since that day."""

    reference: str
    url: str
    subject: str
    customer: str
    follows: bool
    clocks: tuple[ChangedClock, ...]

    @property
    def breaks(self) -> bool:
        return any(clock.breaks for clock in self.clocks)


@dataclass(frozen=True, slots=True)
class Preview:
    """The running tickets that differ, those that would break a promise first."""

    tickets: tuple[ChangedTicket, ...]
    looked_at: int
    left_out: int


Previewer = Callable[[Proposal, Actor], Preview]
_previewer: list[Previewer] = []


def preview_by(previewer: Previewer) -> None:
    _previewer[:] = [previewer]


def preview_of(proposal: Proposal, *, seen_by: Actor) -> Preview:
    """Nothing runs where no room knows of running work."""
    return _previewer[0](proposal, seen_by) if _previewer else Preview((), 0, 0)
