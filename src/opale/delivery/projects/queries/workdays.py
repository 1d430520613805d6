"""Today's date and working days, for plans."""

from datetime import date

from opale.kernel import clock
from opale.kernel.business_time import Calendar
from opale.organisation.models import Person, WorkingCalendar
from opale.organisation.queries.reference import home_day
from opale.planning.workdays import Workdays, workdays


def today() -> date:
    """Return the date that plans are made on: the company's, for all readers."""
    return home_day(clock.now())


def workdays_of(calendar: WorkingCalendar) -> Workdays:
    return workdays(Calendar.from_record(calendar.record))


def calendar_of(person: Person | None, default: Workdays) -> Workdays:
    """Return the working days of a package's person, which depend on the country."""
    if person is None:
        return default
    return workdays_of(person.calendar or person.company.calendar)
