"""What programs read of scheduled reports."""

from datetime import datetime, time

from ninja import Schema

from opale.endpoints.shapes import RowOut


class ScheduledReportOut(RowOut):
    """`report` names a report or a list, `query` its filters and grouping. `at` is a time of day in
    the time zone of its owner; `weekday` counts from Monday (0).
    """

    id: int
    name: str
    report: str
    query: str
    frequency: str
    weekday: int
    day: int
    at: time
    to_owner: bool
    team_id: int | None
    next_at: datetime
    paused_at: datetime | None


class RecipientOut(RowOut):
    person_id: int


class SendingOut(RowOut):
    """`state` is waiting, sent, refused (the reader has no access) or failed."""

    id: int
    reader_id: int
    due_at: datetime
    state: str
    error: str
    done_at: datetime | None


class SentNow(Schema):
    due_at: datetime
