"""What programs read of a calendar of absences."""

from datetime import datetime

from ninja import Schema


class AbsenceCalendarOut(Schema):
    """`error` is why the last attempt read nothing: a word, or what was said of it."""

    host: str
    found: int
    read_at: datetime | None
    next_at: datetime
    error: str
    failures: int
