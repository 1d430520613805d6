"""Spans of calls in words."""

from datetime import timedelta

from django.utils.translation import gettext as _


def talked(span: timedelta) -> str:
    """Return how long a call lasted, in words: "3 min 12 s"."""
    seconds = max(int(span.total_seconds()), 0)
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": rest}
    return _("%(seconds)s s") % {"seconds": rest}
