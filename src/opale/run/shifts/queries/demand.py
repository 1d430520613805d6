"""People needed by a team for calls in each hour of the week, beside those on shift."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal

from opale.kernel.actor import Actor
from opale.organisation.models import Team
from opale.run.shifts.domain.cycles import DAY, Span
from opale.run.shifts.domain.erlang_c import CallLoad, ServiceLevel, agents_needed
from opale.run.shifts.ports import demand_sources
from opale.run.shifts.queries.entries import Entry, entries

HISTORY_LENGTH = timedelta(weeks=12)
HOURS = 24
HOUR = timedelta(hours=1)
Hour = tuple[int, int]
"""A day of the week from Monday, and an hour of it."""


@dataclass(frozen=True, slots=True)
class HeatMapHour:
    """One hour of a day: how many are needed, and how many are on."""

    needed: int
    on: int

    @property
    def load(self) -> Literal["", "short", "even", "spare"]:
        if not self.needed:
            return ""
        if self.on < self.needed:
            return "short"
        return "even" if self.on <= self.needed + 1 else "spare"


def needed_by_hour(
    team: Team, *, at: datetime, zone: tzinfo, promised: ServiceLevel
) -> dict[Hour, int]:
    """Return how many the calls of the last twelve weeks need, by the hour of the week."""
    calls = defaultdict[Hour, float](float)
    handled = defaultdict[Hour, timedelta](timedelta)
    for source in demand_sources():
        for begins, load in source.loads(team.pk, at - HISTORY_LENGTH, at):
            local = begins.astimezone(zone)
            place = (local.weekday(), local.hour)
            calls[place] += load.calls
            handled[place] += load.calls * load.handling
    weeks = HISTORY_LENGTH / timedelta(weeks=1)
    return {
        place: agents_needed(CallLoad(count / weeks, handled[place] / count), promised)
        for place, count in calls.items()
        if count
    }


def heat_map(
    team: Team,
    first: date,
    *,
    days: int,
    zone: tzinfo,
    seen_by: Actor,
    at: datetime,
    promised: ServiceLevel,
    drafts: bool = False,
) -> list[tuple[date, list[HeatMapHour]]]:
    """Return the hours of some days, each with the fewest people on at a time."""
    needed = needed_by_hour(team, at=at, zone=zone, promised=promised)
    opens = datetime.combine(first, time(), zone)
    span = Span(opens, datetime.combine(first + days * DAY, time(), zone))
    found = entries(span, seen_by=seen_by, team_id=team.pk, drafts=drafts)
    staffed = [entry for entry in found if entry.staffed and entry.left_on is None]
    shown = []
    for day in (first + n * DAY for n in range(days)):
        heats = [
            HeatMapHour(needed.get((day.weekday(), hour), 0), _least(staffed, day, hour, zone))
            for hour in range(HOURS)
        ]
        shown.append((day, heats))
    return shown


def _least(staffed: list[Entry], day: date, hour: int, zone: tzinfo) -> int:
    """Return how many are on for the whole of an hour."""
    begins = datetime.combine(day, time(hour), zone)
    ends = begins + HOUR
    return sum(entry.span.starts <= begins and ends <= entry.span.ends for entry in staffed)
