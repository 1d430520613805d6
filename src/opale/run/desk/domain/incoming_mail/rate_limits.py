"""Rate limits that break mail loops. Source: docs/rules/mail.md, "Loops"."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A maximum number of mails within a period."""

    most: int
    within: timedelta


ACKNOWLEDGEMENT_LIMIT = RateLimit(4, timedelta(hours=1))
"""Acknowledgements of receipt to one address."""
OPENED_TICKET_LIMIT = RateLimit(30, timedelta(hours=1))
"""Tickets that mails of one address open; what comes beyond goes onto the last of them."""
THREAD_LIMIT = RateLimit(30, timedelta(hours=1))
"""Mails of one address on one ticket; what comes beyond is kept, and wakes nobody."""
NOTICE_LIMIT = RateLimit(30, timedelta(hours=1))
"""Notices to one address that nobody wrote: of restorations, closings, promised updates."""
OPEN_FOR = timedelta(hours=1)
"""A breaker closes by itself so long after the last mail that was too much."""
REOPENS_WITHIN = timedelta(days=14)
"""A reply to an ended ticket opens it again for so long; later it is a new one, linked to it."""
