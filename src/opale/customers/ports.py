"""What customers needs from rooms above it: what a change of plan does to work that runs, and the
work that each has open for a customer.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from django.utils.functional import Promise

from opale.customers.models import Customer, Service, SupportPlan
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


def register_previewer(previewer: Previewer) -> None:
    _previewer[:] = [previewer]


def preview_proposal(proposal: Proposal, *, seen_by: Actor) -> Preview:
    """Nothing runs where no room knows of running work."""
    return _previewer[0](proposal, seen_by) if _previewer else Preview((), 0, 0)


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What a room above has open for customers, orders or projects: a column of the portfolio.

    `code` names it for programs, `counts` says how many each of these customers has, `address`
    where they are listed. Who lacks `right` is shown no such column; where no room has one, there
    is none.
    """

    code: str
    label: str | Promise
    right: str
    order: int
    counts: Callable[[Collection[int], Actor], Mapping[int, int]]
    address: Callable[[Customer], str]


@dataclass(frozen=True, slots=True)
class OpenCount:
    """How much of one kind of work is open for one customer, and where it is listed."""

    code: str
    label: str | Promise
    count: int
    url: str


_open_work: dict[str, OpenWork] = {}


def register_open_work(work: OpenWork) -> None:
    """Called once by each upper room, when Opale starts."""
    _open_work[work.code] = work


def open_work(actor: Actor) -> list[OpenWork]:
    """The columns that somebody sees, in their order."""
    seen = (work for work in _open_work.values() if actor.can(work.right))
    return sorted(seen, key=lambda work: (work.order, work.code))


def open_counts(of: Collection[Customer], *, seen_by: Actor) -> dict[int, tuple[OpenCount, ...]]:
    """Of each customer what is open, a figure for each column."""
    ids = [customer.pk for customer in of]
    columns = [(work, work.counts(ids, seen_by)) for work in open_work(seen_by)]
    return {
        customer.pk: tuple(
            OpenCount(work.code, work.label, counts.get(customer.pk, 0), work.address(customer))
            for work, counts in columns
        )
        for customer in of
    }
