"""Moments as callers write them: the text is kept, the moment is what Opale counts with."""

from datetime import UTC, datetime

from django.utils.translation import gettext as _

from opale.delivery.orders.states import TAKEN_BACK, OrderState
from opale.endpoints.fields import is_far
from opale.kernel.errors import Invalid

LONGEST = 40


def parse_moment(text: str, *, field: str) -> datetime | None:
    """The moment that a text names, nothing for none; without a zone it is meant in UTC.

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
    """A moment as Opale writes it where no caller wrote it before: in UTC, to the millisecond."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def truncate_to_millisecond(at: datetime) -> datetime:
    """What is written and read again is the same moment."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def describe_obstacle(obstacle: str) -> str:
    """What stood in the way of a cancellation, as a sentence."""
    if obstacle == TAKEN_BACK:
        return _("The cancellation was taken back.")
    if obstacle in OrderState.values:
        return _("The order could not be cancelled any more: %(state)s.") % {
            "state": OrderState(obstacle).label
        }
    return ""
