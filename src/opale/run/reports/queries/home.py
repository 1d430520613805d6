"""The few figures that whoever leads the desk sees on the home page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from opale.kernel.actor import Actor
from opale.run.reports.domain.periods import Period
from opale.run.reports.queries.definitions import counted_tickets, open_at
from opale.run.reports.queries.figures import Figures, figures_by_period
from opale.run.reports.queries.tickets import present_period

WEEK: Final = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class HomeFigures:
    """Figures of the present month so far, with the backlog now, and the backlog a week ago."""

    month: Period
    figures: Figures
    backlog_before: int


def home_figures(*, seen_by: Actor, now: datetime) -> HomeFigures:
    """Return the figures of the present month that the actor may see."""
    month = present_period("month", now)
    (figures,) = figures_by_period([month], {}, seen_by=seen_by, now=now)
    before = counted_tickets(seen_by=seen_by).filter(open_at(now - WEEK)).order_by()
    return HomeFigures(month, figures, before.count())
