"""Number of agents needed for calls, by the Erlang C formula for waiting.

Only calls are counted so: callers who wait too long hang up, whereas tickets form a backlog.
Source: A. K. Erlang, 1917; docs/rules/rosters.md, "How many are needed".
"""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil, exp, floor


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """The promise to callers: this share answered within this time."""

    share: float = 0.8
    within: timedelta = timedelta(seconds=20)
    shrinkage: float = 0.0
    """The share of a shift without calls: breaks, meetings."""


@dataclass(frozen=True, slots=True)
class CallLoad:
    """Calls in a period, and the length of each."""

    calls: float
    handling: timedelta
    stretch: timedelta = timedelta(hours=1)

    @property
    def erlangs(self) -> float:
        return self.calls * (self.handling / self.stretch)


def waiting_probability(load: CallLoad, agents: int) -> float:
    """Return the share of callers who wait at all."""
    offered = load.erlangs
    if offered <= 0:
        return 0.0
    if agents <= offered:
        return 1.0
    # Erlang B by its recursion, which neither overflows nor loses digits.
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = offered * blocked / (n + offered * blocked)
    return blocked / (1 - (offered / agents) * (1 - blocked))


def answered_within(load: CallLoad, agents: int, within: timedelta) -> float:
    """Return the share of callers answered in that time."""
    if agents <= load.erlangs:
        return 0.0 if load.erlangs > 0 else 1.0
    patience = (agents - load.erlangs) * (within / load.handling)
    return 1 - waiting_probability(load, agents) * exp(-patience)


def average_wait(load: CallLoad, agents: int) -> timedelta | None:
    """Return the average wait; None where the queue only grows."""
    if load.erlangs <= 0:
        return timedelta()
    if agents <= load.erlangs:
        return None
    return load.handling * (waiting_probability(load, agents) / (agents - load.erlangs))


def agents_needed(load: CallLoad, promised: ServiceLevel) -> int:
    """Return how many agents must be on shift for the service level; 0 without calls."""
    if load.erlangs <= 0:
        return 0
    agents = floor(load.erlangs) + 1
    while answered_within(load, agents, promised.within) < promised.share:
        agents += 1
    return ceil(agents / (1 - promised.shrinkage))
