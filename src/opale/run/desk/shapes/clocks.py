"""Shape of a pause of a ticket's clocks."""

from datetime import datetime

from ninja import Schema


class PauseOut(Schema):
    id: int
    kind: str
    starts: datetime
    ends: datetime | None
    until: datetime | None
    reason: str
