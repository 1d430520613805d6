"""Shape of time spent on a ticket."""

from datetime import datetime

from ninja import Schema


class TimeEntryOut(Schema):
    """`person_id` is told of one's own entries, and of others' where figures per agent are on."""

    id: int
    person_id: int | None
    starts: datetime
    ends: datetime | None
    note: str
    contract_id: int | None
