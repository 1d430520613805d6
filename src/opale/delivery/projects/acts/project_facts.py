"""Facts that people watch of a project, which the forms of its acts compare before and after."""

from collections.abc import Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opale.delivery.projects.models import Project, WorkPackage
from opale.delivery.projects.states import AHEAD


def project_facts(project: Project) -> Mapping[str, str]:
    """Return the state, people, days and health of a project and the days of its open tasks, in
    words."""
    found = {
        _("State"): str(project.get_state_display()),
        pgettext("of a project", "Health"): str(project.get_weather_display()),
        pgettext("of a project", "Manager"): project.manager.name if project.manager else "",
        _("Planned end"): _day(project.ends_on),
        _("Promised for"): _day(project.promised_on),
        pgettext("a project", "Wanted date"): _day(project.wanted_on),
        _("Waiting for"): str(project.get_waits_for_display()),
    }
    rows = WorkPackage.objects.filter(project=project, state__in=AHEAD).order_by("position")
    for row in rows.select_related("line__site"):
        label = f"{row.title} ({row.position})" if row.title in found else row.title
        days = dict.fromkeys(_day(day) for day in (row.starts_on, row.ends_on) if day)
        found[label] = " – ".join(days)
    return {label: value for label, value in found.items() if value}


def _day(day: date | None) -> str:
    """Return a day as "14 Dec", with its year where that is another one."""
    if day is None:
        return ""
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == localdate().year else "DATE_FORMAT")
