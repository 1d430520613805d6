"""The wanted day of a project: its order's, until the customer was promised a day.

Source: docs/rules/projects.md, "The wanted day".
"""

from collections.abc import Iterable
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from opale.delivery.orders.models import Order, OrderLine
from opale.delivery.orders.states import OPEN
from opale.delivery.projects.actions.plans import lock_project, publish_project, replan
from opale.delivery.projects.actions.slippage import create_baseline, record_slip
from opale.delivery.projects.models import Baseline, Party, Project, WorkPackage
from opale.delivery.projects.queries.slippage import late_packages
from opale.kernel.action_steps import update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid
from opale.organisation.queries.reference import home_day


def wanted_day(order: Order, lines: Iterable[OrderLine]) -> date | None:
    """Return the last day for which one of these lines is wanted, when everything must be there.

    A line without a day of its own has the order's.
    """
    days = [wanted for line in lines if (wanted := line.wanted_at or order.wanted_at)]
    return home_day(max(days)) if days else None


def sync_wanted_day(project: Project, order: Order, lines: Iterable[OrderLine]) -> None:
    """Update the wanted day to the present open lines; the caller locks the project and reschedules
    it. After a promise, the new day is kept beside the old one."""
    open_lines = [
        one for one in lines if one.state in OPEN and one.action != OrderLine.Action.NO_CHANGE
    ]
    asked = wanted_day(order, open_lines)
    if asked is None or asked == project.ordered_on:
        return
    said = {"ordered_on": asked}
    known = project.ordered_on is not None or project.wanted_on is None
    if known and not Baseline.objects.filter(project=project).exists():
        said["wanted_on"] = asked
    if update_changed(project, said):
        publish_project(project)


def adopt_ordered_day(project: Project, *, by: Actor) -> None:
    """Make the day of the order the wanted day. An end later than promised becomes the customer's
    slip; a later day that can be kept is promised as well.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid (they are the same).
    """
    with attributed(by):
        held = lock_project(project, by=by)
        day, before = held.ordered_on, held.wanted_on
        if day is None or day == before:
            raise Invalid(_("The order has no other wanted date."))
        ends = dict(WorkPackage.objects.filter(project=held).values_list("pk", "ends_on"))
        update_changed(held, {"wanted_on": day})
        planned = replan(held, by=by)
        note = _("The customer wants it by %(day)s.") % {"day": date_format(day, "DATE_FORMAT")}
        for late in late_packages(held, seen_by=by):
            row = late.package
            record_slip(held, row, ends[row.pk], cause=Party.CUSTOMER, note=note, by=by)
        promised = held.promised_on
        if promised is not None and promised < day and planned.ends and planned.ends <= day:
            create_baseline(held, by=by, promised_on=day, note=note)
