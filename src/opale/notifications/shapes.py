"""What programs read of notifications."""

from datetime import datetime
from typing import Any

from ninja import Schema

from opale.endpoints.fields import TimeOfDay
from opale.endpoints.shapes import RowOut
from opale.notifications.domain.kinds import Pace


class NotificationOut(RowOut):
    id: int
    kind: str
    text: str
    url: str
    count: int
    by_name: str
    made_at: datetime
    read_at: datetime | None


class KindOut(Schema):
    """Kind of notifications, and how the reader wants it: by mail, and on devices."""

    name: str
    label: str
    pace: Pace
    push: bool

    @staticmethod
    def of(kind: Any, pace: Pace, push: bool) -> "KindOut":
        return KindOut(name=kind.name, label=str(kind.label), pace=pace, push=push)


class TimesOut(Schema):
    """Times in the reader's zone; no quiet hours where both ends are equal."""

    digest_at: TimeOfDay
    quiet_since: TimeOfDay
    quiet_until: TimeOfDay


class ReadOut(Schema):
    """How many notifications were marked as read."""

    read: int
