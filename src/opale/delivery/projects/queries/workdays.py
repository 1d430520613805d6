"""Which day it is, and on which days somebody works."""

from datetime import date

from opale.delivery.projects.domain.scheduling import Workdays, workdays
from opale.kernel import clock
from opale.kernel.business_time import Calendar
from opale.organisation.models import Person, WorkingCalendar
from opale.organisation.queries.reference import home_day


def today() -> date:
    """The day that plans are made on: the company's, for everybody who reads them."""
    return home_day(clock.now())


def workdays_of(calendar: WorkingCalendar) -> Workdays:
    return workdays(Calendar.from_record(calendar.record))


def calendar_of(person: Person | None, default: Workdays) -> Workdays:
    """A package is done on the days of whoever does it: in another country, on other days."""
    if person is None:
        return default
    return workdays_of(person.calendar or person.company.calendar)
