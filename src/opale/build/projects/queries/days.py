"""Which day it is, and on which days somebody works."""

from datetime import date

from django.utils.timezone import localtime

from opale.build.projects.scheduling import Workdays, workdays
from opale.kernel import clock
from opale.kernel.business_time import Calendar
from opale.organisation.models import Person, WorkingCalendar


def today() -> date:
    return localtime(clock.now()).date()


def workdays_of(calendar: WorkingCalendar) -> Workdays:
    return workdays(Calendar.from_record(calendar.record))


def calendar_of(person: Person | None, default: Workdays) -> Workdays:
    """A package is done on the days of whoever does it: in another country, on other days."""
    if person is None:
        return default
    return workdays_of(person.calendar or person.company.calendar)
