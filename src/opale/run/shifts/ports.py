"""What rosters need from the rooms above."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from django.utils.functional import Promise

from opale.run.shifts.domain.backlog import WorkItem
from opale.run.shifts.domain.erlang_c import CallLoad


class DemandSource(Protocol):
    """A source of hourly work that cannot wait, such as calls."""

    slug: str

    def loads(
        self, team_id: int, starts: datetime, ends: datetime
    ) -> Iterable[tuple[datetime, CallLoad]]:
        """Return what came in each hour of a period, by the beginning of the hour."""
        ...


class BacklogSource(Protocol):
    """A source of work that can wait until its promise, such as tickets."""

    slug: str

    def jobs(self, team_id: int, starts: datetime, ends: datetime) -> Iterable[WorkItem]:
        """Return the work that came in a period."""
        ...

    def parts(self, team_id: int) -> Iterable[tuple[str, str | Promise]]:
        """Return the streams of a team's work, if any, each with its name."""
        ...

    def teams(self, starts: datetime, ends: datetime) -> Iterable[int]:
        """Return the teams to which work came in a period."""
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
    """Register a source of demand; called by its app when ready."""
    _sources[source.slug] = source


def demand_sources() -> tuple[DemandSource, ...]:
    return tuple(_sources.values())


def register_backlog(source: BacklogSource) -> None:
    """Register a source of backlog; called by its app when ready."""
    _backlogs[source.slug] = source


def backlog_sources() -> tuple[BacklogSource, ...]:
    return tuple(_backlogs.values())
