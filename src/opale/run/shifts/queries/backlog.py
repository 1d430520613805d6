"""A week of tickets simulated against the roster: what waits, what is late, who is needed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from math import ceil

from opale.kernel.actor import Actor
from opale.organisation.models import Team
from opale.run.shifts.domain.backlog import (
    HOUR,
    STEP,
    WorkItem,
    required_work_by_hour,
    simulate_backlog,
)
from opale.run.shifts.domain.cycles import DAY, Span
from opale.run.shifts.ports import backlog_sources, demand_sources
from opale.run.shifts.queries.demand import HISTORY_LENGTH
from opale.run.shifts.queries.entries import entries

WEEK = timedelta(weeks=1)
WEEKS = int(HISTORY_LENGTH / WEEK)
READ = HISTORY_LENGTH + 2 * WEEK
"""Each week is simulated after the one before it, for its opening backlog."""
HOURS = 24
ENOUGH_SHARE = 0.95
"""The share of the work due in an hour that has to be done in time."""
MIN_LATE_WEEKS = 2
"""Hours late in fewer of these weeks are not marked."""


@dataclass(frozen=True, slots=True)
class WorkloadHour:
    """One hour of a typical week: who is needed for tickets, who is on, hours of work that wait,
    and the share of what fell due that was late.
    """

    needed: int
    on: int
    waiting: float
    late: float
    often: bool = False

    @property
    def late_percent(self) -> int:
        return round(100 * self.late)

    @property
    def load(self) -> str:
        if self.often and self.late > 1 - ENOUGH_SHARE:
            return "short"
        if not self.needed:
            return ""
        if self.on < self.needed:
            return "short"
        return "even" if self.on <= self.needed + 1 else "spare"


@dataclass(frozen=True, slots=True)
class Workload:
    """The workload of a week: its `jobs` and `effort`; `late` is the share of promises broken."""

    days: list[tuple[date, list[WorkloadHour]]]
    jobs: float
    effort: timedelta
    late: float
    most_waiting: float

    @property
    def late_percent(self) -> int:
        return round(100 * self.late)


def workload(
    team: Team,
    first: date,
    *,
    days: int,
    zone: tzinfo,
    seen_by: Actor,
    at: datetime,
    drafts: bool = False,
    part: str = "",
) -> Workload | None:
    """Simulate the tickets of each of the last twelve weeks against this week's roster and the
    one before it; return None without tickets. With a stream (`part`), only its tickets are
    reported: agents work on the others too.
    """
    begins, ends = _midnight(first - WEEK, zone), _midnight(first + days * DAY, zone)
    came = [
        _local(job, zone)
        for source in backlog_sources()
        for job in source.jobs(team.pk, at - READ, at)
    ]
    if part:
        came = [replace(job, counted=job.part == part) for job in came]
    if not any(job.counted for job in came):
        return None
    on = _on(team, Span(begins, ends), seen_by, drafts=drafts)
    taken = _calls(team, at, zone)
    hours = (ends - begins) // HOUR
    free = [
        max(0.0, count - taken.get(_place(begins + step * STEP, zone), 0.0))
        for step, count in enumerate(on)
    ]
    staffed = [any(on[4 * hour : 4 * hour + 4]) for hour in range(hours)]
    played, need = list[list[tuple[int, int, float]]](), [timedelta()] * hours
    number = _weeks_between(at, first + days * DAY, zone)
    for back in range(WEEKS):
        moved = list(_moved(came, (number + back) * WEEK, first, days, zone))
        found = simulate_backlog(moved, begins, free)
        played.append([(one.late, one.due, one.waiting / HOUR) for one in found])
        need = [
            a + b for a, b in zip(need, required_work_by_hour(moved, begins, staffed), strict=True)
        ]
    return _told(first, days, zone, begins, on, played, need, came)


def parts_of(team: Team) -> list[tuple[str, str]]:
    """Return the streams of a team's work."""
    found = (one for source in backlog_sources() for one in source.parts(team.pk))
    return [(slug, str(label)) for slug, label in found]


def teams_with_work(*, seen_by: Actor, at: datetime) -> list[Team]:
    """Return the teams that recently received work, with or without a roster."""
    keys = {key for source in backlog_sources() for key in source.teams(at - HISTORY_LENGTH, at)}
    return list(Team.objects.visible_to(seen_by).filter(pk__in=keys, closed_on=None))


def _told(
    first: date,
    days: int,
    zone: tzinfo,
    begins: datetime,
    on: Sequence[int],
    played: Sequence[Sequence[tuple[int, int, float]]],
    need: Sequence[timedelta],
    came: Sequence[WorkItem],
) -> Workload:
    shown, late, due, most = [], 0, 0, 0.0
    for day in (first + n * DAY for n in range(days)):
        line = []
        for hour in range(HOURS):
            place = (datetime.combine(day, time(hour), zone) - begins) // HOUR
            own = [week[place] for week in played if place < len(week)]
            hour_late, hour_due = sum(one[0] for one in own), sum(one[1] for one in own)
            waiting = sum(one[2] for one in own) / max(1, len(own))
            late, due, most = late + hour_late, due + hour_due, max(most, waiting)
            needed = ceil(need[place] / HOUR / WEEKS - 0.05) if place < len(need) else 0
            there = min(on[4 * place : 4 * place + 4], default=0)
            share, often = hour_late / max(1, hour_due), hour_late >= MIN_LATE_WEEKS
            line.append(WorkloadHour(needed, there, waiting, share, often))
        shown.append((day, line))
    told = [job for job in came if job.counted]
    return Workload(
        shown,
        len(told) / (READ / WEEK),
        sum((job.effort for job in told), timedelta()) / (READ / WEEK),
        late / due if due else 0.0,
        most,
    )


def _on(team: Team, span: Span, seen_by: Actor, *, drafts: bool) -> list[int]:
    """Return how many are on in each quarter of an hour."""
    steps = (span.ends - span.starts) // STEP
    change = [0] * (steps + 1)
    for entry in entries(span, seen_by=seen_by, team_id=team.pk, drafts=drafts):
        if entry.staffed and entry.left_on is None:
            starts = max(0, -((span.starts - entry.span.starts) // STEP))
            ends = min(steps, (entry.span.ends - span.starts) // STEP)
            if starts < ends:
                change[starts] += 1
                change[ends] -= 1
    found, running = [], 0
    for step in range(steps):
        running += change[step]
        found.append(running)
    return found


def _calls(team: Team, at: datetime, zone: tzinfo) -> dict[tuple[int, int], float]:
    """Return how many are on calls in an hour of the week, on average: they work no tickets."""
    erlangs = dict[tuple[int, int], float]()
    for source in demand_sources():
        for begins, load in source.loads(team.pk, at - HISTORY_LENGTH, at):
            place = _place(begins, zone)
            erlangs[place] = erlangs.get(place, 0.0) + load.erlangs / WEEKS
    return erlangs


def _place(at: datetime, zone: tzinfo) -> tuple[int, int]:
    local = at.astimezone(zone)
    return local.weekday(), local.hour


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _weeks_between(at: datetime, until: date, zone: tzinfo) -> int:
    """Return by how many weeks to move past time so that it ends on that day."""
    return -((at.astimezone(zone).date() - until).days // 7)


def _local(job: WorkItem, zone: tzinfo) -> WorkItem:
    """Return the wall clock time, without its zone."""
    due = None if job.due is None else job.due.astimezone(zone).replace(tzinfo=None)
    return replace(job, arrived=job.arrived.astimezone(zone).replace(tzinfo=None), due=due)


def _moved(
    jobs: Iterable[WorkItem], by: timedelta, first: date, days: int, zone: tzinfo
) -> Iterable[WorkItem]:
    """Return the work of some weeks earlier, moved to these days and the week before."""
    since = datetime.combine(first - WEEK, time()) - by
    until = datetime.combine(first + days * DAY, time()) - by
    for job in jobs:
        if since <= job.arrived < until:
            due = None if job.due is None else _instant(job.due + by, zone)
            yield replace(job, arrived=_instant(job.arrived + by, zone), due=due)


def _instant(local: datetime, zone: tzinfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)


__all__ = ["Workload", "WorkloadHour", "parts_of", "teams_with_work", "workload"]
