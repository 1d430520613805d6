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
    if row.person is not None and row.hours:
        return _("It takes %(hours)s h of %(person)s, on the days on which they are free.") % {
            "hours": f"{row.hours.normalize():f}",
            "person": row.person.name,
        }
    return ngettext(
        "It takes %(n)s working day in the calendar “%(calendar)s”.",
        "It takes %(n)s working days in the calendar “%(calendar)s”.",
        row.days,
    ) % {"n": row.days, "calendar": cause.calendar}


def closed(cause: Cause) -> str:
    """Return the holidays in between on which it is not worked on."""
    if not cause.closed:
        return ""
    named = (f"{day(on)} ({name})" if name else day(on) for on, name in cause.closed)
    return _("Non-working days in between: %(days)s.") % {"days": ", ".join(named)}


def _start(cause: Cause) -> str:
    return _("It starts on %(day)s, the earliest possible date.") % {"day": day(cause.on)}


def _after(cause: Cause) -> str:
    other = cause.of
    if other is None or other.ends_on is None:
        return _("Its predecessor no longer exists.")
    return _("It waits for “%(other)s”, which ends on %(day)s.") % {
        "other": other.title,
        "day": day(other.ends_on),
    }


def _person(cause: Cause) -> str:
    other, person = cause.of, cause.package.person
    if other is None or other.ends_on is None or person is None:
        return _("The assignee is busy with another task before.")
    return _("%(person)s works on “%(other)s” until %(day)s.") % {
        "person": person.name,
        "other": other.title,
        "day": day(other.ends_on),
    }


def _busy(cause: Cause) -> str:
    person = cause.package.person
    if person is None:
        return _("The assignee is busy with another task before.")
    return _("%(person)s is absent or has other work until %(day)s.") % {
        "person": person.name,
        "day": day(cause.on),
    }


def _stock(cause: Cause) -> str:
    return _("Its stock is reserved from %(day)s.") % {"day": day(cause.on)}


def _not_before(cause: Cause) -> str:
    return _("It is set to start no earlier than %(day)s.") % {"day": day(cause.on)}


def _promised(cause: Cause) -> str:
    if cause.package.party == Party.CARRIER:
        return _("The carrier date is %(day)s.") % {"day": day(cause.on)}
    return _("The promised date is %(day)s.") % {"day": day(cause.on)}


def _begun(cause: Cause) -> str:
    return _("It started on %(day)s.") % {"day": day(cause.on)}


def _done(cause: Cause) -> str:
    return _("It was completed on %(day)s.") % {"day": day(cause.on)}


def _latest(cause: Cause) -> str:
    return _("It starts as late as the wanted date allows: %(day)s.") % {"day": day(cause.on)}


_SAID: Final[Mapping[str, Callable[[Cause], str]]] = {
    "start": _start,
    "after": _after,
    "person": _person,
    "busy": _busy,
    "stock": _stock,
    "not_before": _not_before,
    "promised": _promised,
    "begun": _begun,
    "done": _done,
    "latest": _latest,
}

STANDING: Final[Mapping[Code, object]] = {
    "ends_after_promise": gettext_lazy("The planned end is after the promised or wanted date."),
    "begins_too_late": gettext_lazy("It should have started earlier to meet the wanted date."),
    "refused_again_and_again": gettext_lazy("A deliverable was refused three times or more."),
    "heavy_risk": gettext_lazy("A high risk is open."),
    "nobody_leads": gettext_lazy("No project manager is assigned."),
    "overdue": gettext_lazy("Something is overdue."),
    "no_margin": gettext_lazy("There is no slack left before the promised date."),
    "somebody_left": gettext_lazy("A task is assigned to somebody who has left the company."),
    "risk": gettext_lazy("A medium risk is open."),
}


def slack(row: WorkPackage) -> str:
    """Return how many days the package may slip before it moves another."""
    if row.critical or not row.ahead:
        return ""
    return npgettext("of slack", "%(n)s day", "%(n)s days", row.slack) % {"n": row.slack}
