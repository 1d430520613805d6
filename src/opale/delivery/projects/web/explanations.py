"""Explanations of dates and weather, in sentences."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext

from opale.delivery.projects.domain.health import Code
from opale.delivery.projects.models import Party, WorkPackage
from opale.delivery.projects.queries.explanations import Cause


def day(at: date) -> str:
    return date_format(at, "DATE_FORMAT")


def because(cause: Cause) -> str:
    """Return the reason for the start or the end."""
    return _SAID[cause.kind](cause)


def takes(cause: Cause) -> str:
    """Return how long the package takes, and on whose working days."""
    row = cause.package
    if not row.days or cause.kind in ("done", "promised"):
        return ""
    return ngettext(
        "It takes %(n)s working day of the calendar “%(calendar)s”.",
        "It takes %(n)s working days of the calendar “%(calendar)s”.",
        row.days,
    ) % {"n": row.days, "calendar": cause.calendar}


def closed(cause: Cause) -> str:
    """Return the holidays in between on which it is not worked on."""
    if not cause.closed:
        return ""
    named = (f"{day(on)} ({name})" if name else day(on) for on, name in cause.closed)
    return _("Not worked meanwhile: %(days)s.") % {"days": ", ".join(named)}


def _start(cause: Cause) -> str:
    return _("It begins on %(day)s, as early as the project and the present day allow.") % {
        "day": day(cause.on)
    }


def _after(cause: Cause) -> str:
    other = cause.of
    if other is None or other.ends_on is None:
        return _("It waits for something that is no longer there.")
    return _("It waits for “%(other)s”, which ends on %(day)s.") % {
        "other": other.name,
        "day": day(other.ends_on),
    }


def _person(cause: Cause) -> str:
    other, person = cause.of, cause.package.person
    if other is None or other.ends_on is None or person is None:
        return _("Whoever does it is busy with something else before.")
    return _("%(person)s does “%(other)s” until %(day)s.") % {
        "person": person.name,
        "other": other.name,
        "day": day(other.ends_on),
    }


def _not_before(cause: Cause) -> str:
    return _("It was said not to begin before %(day)s.") % {"day": day(cause.on)}


def _promised(cause: Cause) -> str:
    if cause.package.party == Party.CARRIER:
        return _("The carrier promised it for %(day)s.") % {"day": day(cause.on)}
    return _("It was promised for %(day)s.") % {"day": day(cause.on)}


def _begun(cause: Cause) -> str:
    return _("It began on %(day)s.") % {"day": day(cause.on)}


def _done(cause: Cause) -> str:
    return _("It was done on %(day)s.") % {"day": day(cause.on)}


def _latest(cause: Cause) -> str:
    return _("It begins as late as the wanted day allows: %(day)s.") % {"day": day(cause.on)}


_SAID: Final[Mapping[str, Callable[[Cause], str]]] = {
    "start": _start,
    "after": _after,
    "person": _person,
    "not_before": _not_before,
    "promised": _promised,
    "begun": _begun,
    "done": _done,
    "latest": _latest,
}

STANDING: Final[Mapping[Code, object]] = {
    "ends_after_promise": gettext_lazy("It ends after the day that was promised or wanted."),
    "begins_too_late": gettext_lazy("It would have had to begin earlier to end on the wanted day."),
    "refused_again_and_again": gettext_lazy("A deliverable was refused three times or more."),
    "heavy_risk": gettext_lazy("A heavy risk is open."),
    "nobody_leads": gettext_lazy("Nobody leads it yet."),
    "overdue": gettext_lazy("Something is overdue: promised and not kept, or longer under way."),
    "no_margin": gettext_lazy("There is no margin left before the promised day."),
    "somebody_left": gettext_lazy("Somebody who left the company still stands on the plan."),
    "risk": gettext_lazy("A notable risk is open."),
}


def slack(row: WorkPackage) -> str:
    """Return how many days the package may slip before it moves another."""
    if row.critical or not row.ahead:
        return ""
    return npgettext("of slack", "%(n)s day", "%(n)s days", row.slack) % {"n": row.slack}
