"""Texts of broken rules and other violations of a roster."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from opale.run.shifts.domain.cycles import DAY, Span
from opale.run.shifts.domain.working_time import STANDBY_LIMITS
from opale.run.shifts.models import Duty
from opale.run.shifts.queries.breaches import PersonBreach
from opale.run.shifts.queries.troubles import Trouble

RULES: Mapping[str, str | Promise] = {
    "daily_rest": gettext_lazy("Daily rest"),
    "weekly_rest": gettext_lazy("Weekly rest"),
    "day": gettext_lazy("Maximum daily hours"),
    "week": gettext_lazy("Maximum weekly hours"),
    "average": gettext_lazy("Average weekly hours"),
    "night_average": gettext_lazy("Average night work per 24 hours"),
    "night_day": gettext_lazy("Maximum daily night work"),
    "night_week": gettext_lazy("Average weekly night work"),
    "standby_row": gettext_lazy("Consecutive on-call days"),
    "standby_days": gettext_lazy("On-call days over several weeks"),
}
SENTENCES: Mapping[str, str | Promise] = {
    "daily_rest": gettext_lazy(
        "%(name)s has %(found)s of rest instead of %(limit)s, %(when)s (%(reference)s)."
    ),
    "weekly_rest": gettext_lazy(
        "%(name)s has %(found)s of weekly rest instead of %(limit)s, %(when)s (%(reference)s)."
    ),
    "day": gettext_lazy(
        "%(name)s works %(found)s in a day instead of %(limit)s at most, %(when)s (%(reference)s)."
    ),
    "week": gettext_lazy(
        "%(name)s works %(found)s in a week instead of %(limit)s at most, %(when)s (%(reference)s)."
    ),
    "average": gettext_lazy(
        "%(name)s works %(found)s a week on average instead of %(limit)s, %(when)s (%(reference)s)."
    ),
    "night_average": gettext_lazy(
        "%(name)s works at night, %(found)s in 24 hours on average instead of %(limit)s, %(when)s"
        " (%(reference)s)."
    ),
    "night_day": gettext_lazy(
        "%(name)s works at night, %(found)s in a day instead of %(limit)s at most, %(when)s"
        " (%(reference)s)."
    ),
    "night_week": gettext_lazy(
        "%(name)s works at night, %(found)s a week on average instead of %(limit)s, %(when)s"
        " (%(reference)s)."
    ),
    "standby_row": gettext_lazy(
        "%(name)s is on call for %(found)s in a row instead of %(limit)s at most, %(when)s"
        " (%(reference)s)."
    ),
    "standby_days": gettext_lazy(
        "%(name)s is on call for %(found)s instead of %(limit)s at most, %(when)s (%(reference)s)."
    ),
}


def breach_text(one: PersonBreach) -> str:
    breach = one.breach
    return str(SENTENCES[breach.code]) % {
        "name": one.person.name,
        "found": limit_text(breach.code, breach.found),
        "limit": limit_text(breach.code, breach.limit),
        "when": span_text(breach.span),
        "reference": breach.reference,
    }


def trouble_text(trouble: Trouble) -> str:
    entry, other = trouble.entry, trouble.other
    if trouble.need is not None:
        return f"{trouble.need.label} · {hours_text(trouble.span.length)}"
    if trouble.broken is not None:
        return breach_text(trouble.broken)
    if entry is not None and other is not None:
        return _("%(name)s is scheduled twice: %(one)s and %(other)s") % {
            "name": entry.name,
            "one": other.team,
            "other": entry.team,
        }
    return _("%(name)s is scheduled while away") % {"name": entry.name if entry else ""}


def span_text(span: Span) -> str:
    return _("from %(starts)s to %(ends)s") % {
        "starts": _moment(span.starts),
        "ends": _moment(span.ends),
    }


def limit_text(code: str, length: timedelta) -> str:
    """Return a limit as text: stand-by in days, work and rest in hours."""
    if code not in STANDBY_LIMITS:
        return hours_text(length)
    days = round(length / DAY)
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def hours_text(length: timedelta) -> str:
    minutes = round(length.total_seconds() / 60)
    if minutes % 60:
        return f"{minutes // 60} h {minutes % 60:02}"
    return f"{minutes // 60} h"


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


def duty_text(duty: Duty) -> str:
    return f"{duty.person.name}, {span_text(Span(duty.starts, duty.ends))}"
