"""When a mail may leave: after quiet hours, and not too soon after the one before."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

GATHERED_FOR: Final = timedelta(seconds=30)
"""Time for which the first notification waits for others that happen together with it."""
BETWEEN_MAILS: Final = timedelta(minutes=10)
"""Shortest time between two mails to a person: a storm is some mails, not a thousand."""
DIGEST_AT: Final = time(8)
QUIET_SINCE: Final = time(20)
QUIET_UNTIL: Final = time(7)


@dataclass(frozen=True, slots=True)
class Times:
    """A person's time of the daily digest, and quiet hours: none where both ends are equal."""

    zone: ZoneInfo
    digest_at: time = DIGEST_AT
    quiet_since: time = QUIET_SINCE
    quiet_until: time = QUIET_UNTIL

    def is_quiet(self, at: datetime) -> bool:
        """Return whether a moment is within the quiet hours."""
        now = at.astimezone(self.zone).time()
        if self.quiet_since <= self.quiet_until:
            return self.quiet_since <= now < self.quiet_until
        return now >= self.quiet_since or now < self.quiet_until

    def after_quiet(self, at: datetime) -> datetime:
        """Return the first moment from `at` on that is outside of the quiet hours."""
        return self._next(self.quiet_until, at) if self.is_quiet(at) else at

    def next_digest(self, at: datetime) -> datetime:
        """Return the first moment after `at` at which the digest is sent."""
        return self._next(self.digest_at, at)

    def _next(self, clock: time, at: datetime) -> datetime:
        day = at.astimezone(self.zone).date()
        # In autumn an hour comes twice; in spring one is missing, and the moment that it names is
        # the one after the gap.
        moments = (
            datetime.combine(day + timedelta(days=days), clock, self.zone).replace(fold=fold)
            for days in (0, 1)
            for fold in (0, 1)
        )
        found = next(moment for one in moments if (moment := one.astimezone(UTC)) > at)
        return found.astimezone(at.tzinfo or self.zone)


def mail_due(times: Times, at: datetime, *, last_mail: datetime | None, disturbs: bool) -> datetime:
    """Return when a notification of `at` that is mailed at once leaves.

    `disturbs`: quiet hours do not hold it, because its reader is on duty.
    """
    soonest = at + GATHERED_FOR
    if last_mail is not None:
        soonest = max(soonest, last_mail + BETWEEN_MAILS)
    return soonest if disturbs else times.after_quiet(soonest)
