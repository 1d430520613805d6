"""The tickets behind a figure of a report."""

from datetime import datetime

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.organisation.queries.reference import home_day, home_zone
from opale.run.desk.models import DeskQuerySet, Ticket
from opale.run.reports.domain.periods import Period, Step, period_of, previous
from opale.run.reports.queries.definitions import (
    BACKLOG,
    SETS,
    aged,
    backlog_moment,
    counted_tickets,
    open_at,
)
from opale.run.reports.queries.dimensions import narrowed


def present_period(step: Step, now: datetime) -> Period:
    return period_of(home_day(now), step, home_zone())


def last_whole_period(step: Step, now: datetime) -> Period:
    """Return the last period that is over, with which a report opens."""
    return previous(present_period(step, now), home_zone())


def reported_tickets(
    *,
    seen_by: Actor,
    figure: str = "",
    period: Period | None = None,
    age: str = "",
    **values: str,
) -> DeskQuerySet[Ticket]:
    """Return the tickets that a figure counts in a period, the last whole month by default.

    `figure` is a set of tickets, or the backlog, of which `age` is one of the ages; without it all
    that reports may count. `values` are those of the dimensions.
    """
    now = clock.now()
    period = period or last_whole_period("month", now)
    rows = narrowed(counted_tickets(seen_by=seen_by), values)
    if not figure:
        return rows
    if figure != BACKLOG:
        return SETS[figure].within(period, rows)
    at = backlog_moment(period, now)
    rows = rows.filter(open_at(at))
    return rows.filter(aged(int(age), at)) if age else rows
