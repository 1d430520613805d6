"""Simulation of a backlog of tickets with promises, worked by the people on shift.

Values only. Agents do what is due first; work without a promise comes last. An agent works on one
job at a time, and a job is worked on by one agent at a time.
Source: docs/rules/rosters.md, "How many are needed".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Final

STEP: Final = timedelta(minutes=15)
HOUR: Final = timedelta(hours=1)
STEPS: Final = int(HOUR / STEP)
DEFAULT_PROMISE: Final = timedelta(days=7)
"""The time over which work without a promise is spread."""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """Work that came in: its effort, and when it is promised, if at all.

    `part` is its stream. An item that is not `counted` is worked on, but left out of the result.
    """

    arrived: datetime
    effort: timedelta
    due: datetime | None = None
    part: str = ""
    counted: bool = True


@dataclass(slots=True)
class BacklogHour:
    """One simulated hour: what waits at its end, what fell due in it, what of that was late."""

    waiting: timedelta = timedelta()
    late: int = 0
    due: int = 0


def simulate_backlog(
    jobs: Iterable[WorkItem], begins: datetime, agents: Sequence[float]
) -> list[BacklogHour]:
    """Simulate hour by hour from a beginning; `agents` are on in each quarter of an hour."""
    coming = sorted(jobs, key=lambda job: job.arrived, reverse=True)
    waiting = list[tuple[datetime, int, timedelta]]()
    far = begins + len(agents) * STEP + 100 * DEFAULT_PROMISE
    hours = [BacklogHour() for _ in range(-(-len(agents) // STEPS))]
    promised = {
        number: job for number, job in enumerate(coming) if job.due is not None and job.counted
    }
    aside = {number for number, job in enumerate(coming) if not job.counted}
    done = dict[int, datetime]()
    for step, on in enumerate(agents):
        at = begins + step * STEP
        while coming and coming[-1].arrived < at + STEP:
            job = coming.pop()
            heappush(waiting, (job.due or far, len(coming), job.effort))
        left, again = on * STEP, list[tuple[datetime, int, timedelta]]()
        while waiting and left > timedelta():
            due, number, effort = heappop(waiting)
            worked = min(effort, STEP, left)
            left -= worked
            if effort > worked:
                again.append((due, number, effort - worked))
            else:
                done[number] = at + STEP
        for one in again:
            heappush(waiting, one)
        if step % STEPS == STEPS - 1 or step == len(agents) - 1:
            counted = (one[2] for one in waiting if one[1] not in aside)
            hours[step // STEPS].waiting = sum(counted, timedelta())
    for number, job in promised.items():
        place = _hour(job.due or begins, begins)
        if 0 <= place < len(hours):
            hours[place].due += 1
            hours[place].late += done.get(number, far) > _step_after(job.due or far, begins)
    return hours


def required_work_by_hour(
    jobs: Iterable[WorkItem], begins: datetime, staffed: Sequence[bool]
) -> list[timedelta]:
    """Return the work of each hour if each job is spread evenly from receipt to promise over the
    staffed hours; over all hours where none is staffed.
    """
    count = len(staffed)
    before = [0]
    for one in staffed:
        before.append(before[-1] + one)
    steps = [timedelta()] * (count + 1)
    bare = [timedelta()] * (count + 1)
    for job in jobs:
        if not job.counted:
            continue
        first = max(0, _hour(job.arrived, begins))
        ends = job.due or job.arrived + DEFAULT_PROMISE
        last = min(count, max(first + 1, _hour(ends - timedelta(microseconds=1), begins) + 1))
        if first >= last:
            continue
        hours = before[last] - before[first]
        into, share = (steps, job.effort / hours) if hours else (bare, job.effort / (last - first))
        into[first] += share
        into[last] -= share
    found, running, always = [], timedelta(), timedelta()
    for hour in range(count):
        running += steps[hour]
        always += bare[hour]
        found.append(always + (running if staffed[hour] else timedelta()))
    return found


def _hour(at: datetime, begins: datetime) -> int:
    return (at - begins) // HOUR


def _step_after(at: datetime, begins: datetime) -> datetime:
    """Return the end of a moment's quarter of an hour, the step of the simulation."""
    return begins + -((begins - at) // STEP) * STEP
