"""The day that is proposed as a promise to the customer.

Source: docs/rules/projects.md, "Customer dates and slips".
"""

from datetime import date

from opale.delivery.projects import ports
from opale.delivery.projects.models import Project


def proposed_promise(project: Project, ends_on: date | None) -> date | None:
    """Return the day that the check of the order's design keeps with 80 %; the planned end where
    that is later, or nothing was checked."""
    days = [day for day in (ports.safe_day(project.order_id), ends_on) if day is not None]
    return max(days, default=None)
