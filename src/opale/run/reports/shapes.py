"""What programs read of reports."""

from datetime import datetime

from ninja import Schema

from opale.endpoints.shapes import RowOut


class ReportedTicketOut(RowOut):
    id: int
    reference: str
    subject: str
    kind: str
    state: str
    stream: str
    priority: int
    customer_id: int | None
    service_id: int | None
    received_at: datetime
    answered_at: datetime | None
    resolved_at: datetime | None


class FiguresOut(Schema):
    """Figures of a period, or of a value in it. Shares are in percent, of so many tickets `n`; null
    where they are shares of nothing. Times are in seconds.
    """

    created: int
    solved: int
    backlog: int
    backlog_by_age: list[int]
    gti_kept: float | None
    gti_n: int
    gtr_kept: float | None
    gtr_n: int
    reply_median: float | None
    reply_ninth_decile: float | None
    reply_n: int
    reopened: float | None
    reopened_n: int


class PeriodFiguresOut(FiguresOut):
    period: str
    starts: datetime
    ends: datetime


class GroupFiguresOut(FiguresOut):
    value: str
    label: str


class ReportOut(Schema):
    """`year_before` is the same month a year before the last one, or the week or day 52 weeks
    before. `groups` are the values of `by` in the last period, those with the most tickets.
    """

    periods: list[PeriodFiguresOut]
    year_before: PeriodFiguresOut
    groups: list[GroupFiguresOut]
