"""What customers needs from the apps above: the effect of a plan change, and open work."""

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
    """A target of a version, stored or not."""

    measure: str
    priority: int
    premium: bool
    target: timedelta
    coverage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposed promise from a day on: under a plan, or on one service that gets it."""

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
        """Return the proposal for a version, stored or not."""
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
    """The due time of a promise, present and proposed; `breaks`: it would be broken.

    `code` names the measure, `measure` is its label for the reader.
    """

    code: str
    measure: str
    before: datetime | None
    after: datetime | None
    breaks: bool


@dataclass(frozen=True, slots=True)
class ChangedTicket:
    """A running ticket whose promises differ; `follows`: it was received since that day."""

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
    """Return the running tickets that a proposal changes; none where no app has running work."""
    return _previewer[0](proposal, seen_by) if _previewer else Preview((), 0, 0)


@dataclass(frozen=True, slots=True)
class OpenWork:
    """A kind of open work, orders or projects, in an app above: a column of the portfolio.

    `code` names it for programs, `counts` returns how many each of these customers has, `address`
    where they are listed. Without `right` an actor does not see the column; where no app has one,
    there is none.
    """

    code: str
    label: str | Promise
    right: str
    order: int
    counts: Callable[[Collection[int], Actor], Mapping[int, int]]
    address: Callable[[Customer], str]


_open_work: dict[str, OpenWork] = {}


def register_open_work(work: OpenWork) -> None:
    """Register a column; called once by each upper app, when Opale starts."""
    _open_work[work.code] = work


def all_open_work() -> list[OpenWork]:
    """Return every column, in their order."""
    return sorted(_open_work.values(), key=lambda work: (work.order, work.code))


def open_counts(of: Collection[Customer], *, seen_by: Actor) -> dict[int, dict[str, int]]:
    """Return the open work of each customer, a count for each column that the actor may see."""
    ids = [customer.pk for customer in of]
    seen = (work for work in all_open_work() if seen_by.can(work.right))
    columns = [(work.code, work.counts(ids, seen_by)) for work in seen]
    return {pk: {code: counts.get(pk, 0) for code, counts in columns} for pk in ids}
