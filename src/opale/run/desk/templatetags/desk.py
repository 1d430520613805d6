"""Words of the desk that its templates need."""

from datetime import timedelta

from django import template
from django.utils.translation import gettext_lazy as _

from opale.kernel.business_time import Reason, Segment
from opale.run.desk.models import Pause, TimeEntry

register = template.Library()

REASONS = {
    Reason.OPEN: _("Covered hours"),
    Reason.EXTRA_OPENING: _("Extra opening"),
    Reason.CLOSED: _("Outside covered hours"),
    Reason.HOLIDAY: _("Public holiday"),
    Reason.EXTRA_CLOSING: _("Exceptional closing"),
}


@register.filter
def clock_reason(segment: Segment) -> str:
    """Why the minutes of a segment count or do not."""
    if segment.reason == Reason.PAUSED:
        return ", ".join(str(Pause.Kind(code).label) for code in segment.pauses)
    return str(REASONS[segment.reason])


@register.filter
def lasting(entry: TimeEntry) -> timedelta:
    """How long a time entry lasted that has ended."""
    return entry.ends - entry.starts if entry.ends else timedelta()


@register.filter
def same(value: object, other: object) -> bool:
    """Whether two values are equal and there is one: for arguments of component tags."""
    return value is not None and value == other
