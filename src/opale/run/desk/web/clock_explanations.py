"""Explanation of a clock: the promises in force, the counted time, and the due time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from opale.kernel.business_time import Segment
from opale.run.desk.domain import clocks
from opale.run.desk.domain.clocks import Clock
from opale.run.desk.models import Commitment, Ticket
from opale.run.desk.queries import clocks as clock_queries
from opale.run.desk.web import clock_chart

LINES = 200
"""The most segments shown, the newest; the time before them is shown as one sum."""
DRAWN = 600
PERIODS = 50


@dataclass(frozen=True, slots=True)
class Period:
    """A past update period, as a line."""

    starts: datetime
    due: datetime | None
    told: datetime | None
    broken: bool


def explain_ticket_clock(ticket: Ticket, measure: str, at: datetime) -> dict[str, Any] | None:
    """Return the explanation of a ticket's clock for a measure, None where it does not apply."""
    (reading,) = clock_queries.readings([ticket], updates=measure == "update")
    found = next((c for m, c in reading.clocks().items() if m == measure), None)
    if found is None:
        return None
    stored = next((c for c in clock_queries.commitments_of(ticket) if c.measure == measure), None)
    context = _explained(ticket, found, stored, at)
    if measure == "update":
        context["periods"] = [
            Period(p.starts_at, p.due_at, p.met_at, p.breached_at(at) is not None)
            for p in list(clocks.update_periods(reading.record))[-PERIODS:][::-1]
        ]
    return context


def explain_assignment_clock(
    ticket: Ticket, assignment_id: int, measure: str, at: datetime
) -> dict[str, Any] | None:
    """Return the explanation of an assignment's clock, of a level, a team or a supplier."""
    (reading,) = clock_queries.readings([ticket])
    work = reading.works.get(assignment_id)
    found = clocks.assignment_clocks(work) if work else {}
    running = next((c for m, c in found.items() if m == measure), None)
    if running is None:
        return None
    stored = clock_queries.commitments_of_work(ticket, assignment_id)
    return _explained(ticket, running, next((c for c in stored if c.measure == measure), None), at)


def _explained(
    ticket: Ticket, found: Clock, stored: Commitment | None, at: datetime
) -> dict[str, Any]:
    segments = found.explain(at)
    lines = running_total(segments)
    return {
        "ticket": ticket,
        "clock": found,
        "name": Commitment.Measure(found.promise.measure).label,
        "coverage": dict(Commitment.COVERAGES).get(found.promise.coverage, ""),
        "segments": lines[-LINES:],
        "left_out": len(lines) - LINES if len(lines) > LINES else 0,
        "before": lines[-LINES - 1][2] if len(lines) > LINES else None,
        "strip": clock_chart.draw_clock_chart(segments[-DRAWN:], found.due_at),
        "used": found.used(at),
        "left": found.left(at),
        "breached_at": (stored.breached_at if stored else None) or found.breached_at(at),
        "waits": _waits(found, at),
    }


def _waits(found: Clock, at: datetime) -> bool:
    """Return whether a pause stops the clock now: the due time depends on when it ends."""
    return found.met_at is None and any(
        pause.starts <= at and (pause.ends is None or at < pause.ends) for pause in found.pauses
    )


def running_total(segments: Sequence[Segment]) -> list[tuple[Segment, timedelta, timedelta]]:
    """Return each segment with its length and the time used at its end."""
    total, lines = timedelta(), []
    for segment in segments:
        length = segment.ends - segment.starts
        total += length if segment.counted else timedelta()
        lines.append((segment, length, total))
    return lines
