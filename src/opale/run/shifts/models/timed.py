from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from opale.run.shifts.domain.cycles import Span

A_DAY = timedelta(days=1)


class Timed:
    """A row whose `period` has a beginning and an end."""

    if TYPE_CHECKING:
        period: Any

    @property
    def span(self) -> Span:
        lower, upper = self.period.lower, self.period.upper
        if not (isinstance(lower, datetime) and isinstance(upper, datetime)):
            raise TypeError("a duty has a beginning and an end")
        return Span(lower, upper)

    @property
    def starts(self) -> datetime:
        return self.span.starts

    @property
    def ends(self) -> datetime:
        return self.span.ends

    @property
    def short(self) -> bool:
        """Whether its end is clear without naming the day."""
        return self.span.length <= A_DAY
