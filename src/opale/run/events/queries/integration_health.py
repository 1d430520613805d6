"""The health of an integration: what it brought hour by hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from opale.run.events.models import Integration, IntegrationHour

HOURS: Final = 24


@dataclass(frozen=True, slots=True)
class UsageHour:
    begins_at: datetime
    events: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class IntegrationHealth:
    """The counts of the last 24 hours, the running one included, oldest first."""

    hours: Sequence[UsageHour]

    @property
    def events(self) -> int:
        return sum(hour.events for hour in self.hours)

    @property
    def refused(self) -> int:
        return sum(hour.refused for hour in self.hours)


def health_of(integration: Integration, *, at: datetime) -> IntegrationHealth:
    present = at.replace(minute=0, second=0, microsecond=0)
    beginnings = [present - timedelta(hours=ago) for ago in reversed(range(HOURS))]
    rows = IntegrationHour.objects.filter(integration=integration, hour__gte=beginnings[0])
    found = {row.hour: UsageHour(row.hour, row.events, row.refused) for row in rows}
    return IntegrationHealth([found.get(moment, UsageHour(moment)) for moment in beginnings])
