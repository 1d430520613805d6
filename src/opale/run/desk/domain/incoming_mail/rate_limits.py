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
"""Tickets opened by mails of one address; further mails go to the last of them."""
THREAD_LIMIT = RateLimit(30, timedelta(hours=1))
"""Mails of one address on one ticket; further mails are kept without notifying anybody."""
NOTICE_LIMIT = RateLimit(30, timedelta(hours=1))
"""Automatic notices to one address: of restorations, closings, promised updates."""
OPEN_FOR = timedelta(hours=1)
"""Time after the last excess mail at which a breaker closes by itself."""
REOPENS_WITHIN = timedelta(days=14)
"""Time within which a reply reopens an ended ticket; later it opens a new one, linked to it."""
