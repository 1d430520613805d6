"""Planned duties changed or cancelled by hand, which drawing the pattern again keeps."""

from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.kernel.states import perform
from opale.organisation.models import Person
from opale.run.shifts.actions.duties import ROSTER
from opale.run.shifts.models import PlannedDuty, PlannedDutyQuerySet
from opale.run.shifts.states import CALL_OFF, CHANGE, DRAW_AGAIN


def change_planned(
    planned: PlannedDuty, *, by: Actor, person: Person, starts: datetime, ends: datetime
) -> None:
    """Errors: NotFound, NotAllowed, IllegalMove, Invalid."""
    if starts >= ends:
        raise Invalid(ends=_("The end must be after the start."))
    if ends <= clock.now():
        raise Invalid(ends=_("This is in the past. Only future shifts can be planned."))
    if person.left_on is not None:
        raise Invalid(person=_("This person has left the company."))
    period = DateTimeTZRange(starts, ends)
    perform(CHANGE, _rows(planned, by), by=by, at=clock.now(), person=person, period=period)
    live_topics.publish(ROSTER)


def cancel_planned(planned: PlannedDuty, *, by: Actor) -> None:
    """Errors: NotFound, NotAllowed, IllegalMove."""
    perform(CALL_OFF, _rows(planned, by), by=by, at=clock.now())
    live_topics.publish(ROSTER)


def redraw_planned(planned: PlannedDuty, *, by: Actor) -> None:
    """Return a planned duty to its pattern, which decides it when it is next drawn.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    perform(DRAW_AGAIN, _rows(planned, by), by=by, at=clock.now())
    live_topics.publish(ROSTER)


def _rows(planned: PlannedDuty, by: Actor) -> PlannedDutyQuerySet:
    return PlannedDuty.objects.visible_to(by).filter(pk=planned.pk)
