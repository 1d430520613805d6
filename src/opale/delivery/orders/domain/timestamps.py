"""Timestamps of callers: the text is kept as written, the parsed time is used."""

from datetime import UTC, datetime

from django.utils.translation import gettext as _

from opale.delivery.orders.states import TAKEN_BACK, OrderState
from opale.kernel.dates import is_far
from opale.kernel.errors import Invalid

LONGEST = 40


def parse_moment(text: str, *, field: str) -> datetime | None:
    """Parse a timestamp, or return None for an empty text; without a zone it is in UTC.

    Errors: Invalid, under the name of the field.
    """
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text) if len(text) <= LONGEST else None
    except ValueError:
        found = None
    if found is None or is_far(found):
        raise Invalid(**{field: _("Give a moment as 2026-11-25T14:30:00+01:00.")})
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def format_moment(at: datetime) -> str:
    """Format a timestamp that no caller wrote: in UTC, to the millisecond."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def truncate_to_millisecond(at: datetime) -> datetime:
    """Truncate to the millisecond, so that writing and reading give the same time."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def describe_obstacle(obstacle: str) -> str:
    """Describe in a sentence why a cancellation was not carried out."""
    if obstacle == TAKEN_BACK:
        return _("The cancellation was taken back.")
    if obstacle in OrderState.values:
        return _("The order can no longer be cancelled: %(state)s.") % {
            "state": OrderState(obstacle).label
        }
    return ""
