"""What rosters ask of the rooms above."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from django.utils.functional import Promise

from opale.run.shifts.domain.backlog import WorkItem
from opale.run.shifts.domain.erlang_c import CallLoad


class DemandSource(Protocol):
    """Tells how much of what cannot wait came in, hour by hour: calls, say."""

    slug: str

    def loads(
        self, team_id: int, starts: datetime, ends: datetime
    ) -> Iterable[tuple[datetime, CallLoad]]:
        """What came in each hour of a period, by the beginning of the hour."""
        ...


class BacklogSource(Protocol):
    """Tells what can wait until it is promised: tickets, say."""

    slug: str

    def jobs(self, team_id: int, starts: datetime, ends: datetime) -> Iterable[WorkItem]:
        """What came in a period."""
        ...

    def parts(self, team_id: int) -> Iterable[tuple[str, str | Promise]]:
        """The streams in which it comes to a team, if any, each with its name."""
        ...

    def teams(self, starts: datetime, ends: datetime) -> Iterable[int]:
        """To which teams something came in a period."""
        ...


__all__ = [
    "BacklogSource",
    "CallLoad",
    "DemandSource",
    "WorkItem",
    "backlog_sources",
    "demand_sources",
    "register_backlog",
    "register_demand",
]

_sources: dict[str, DemandSource] = {}
_backlogs: dict[str, BacklogSource] = {}


def register_demand(source: DemandSource) -> None:
    """Called by the app of the room that knows it, when it is ready."""
    _sources[source.slug] = source


def demand_sources() -> tuple[DemandSource, ...]:
    return tuple(_sources.values())


def register_backlog(source: BacklogSource) -> None:
    """The same for what waits."""
    _backlogs[source.slug] = source


def backlog_sources() -> tuple[BacklogSource, ...]:
    return tuple(_backlogs.values())
