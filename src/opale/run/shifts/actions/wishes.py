"""Wishes for the roster, which the generator grants where that costs nobody a shift."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed
from opale.organisation.models import Person
from opale.run.shifts import rights
from opale.run.shifts.models import DutyWish
from opale.run.shifts.queries import wishes


def create_wish(day: date, wanted: DutyWish.Wanted, *, by: Actor) -> DutyWish:
    """Create a wish of one's own, replacing that for the same day.

    Errors: NotAllowed, Invalid (no person, a day that is over).
    """
    if not by.can(rights.SWAP):
        raise NotAllowed
    person = Person.objects.filter(pk=by.person_id or 0, left_on=None).first()
    if person is None:
        raise Invalid(_("This account is not linked to an employee and cannot have wishes."))
    if day <= timezone.localtime(clock.now()).date():
        raise Invalid(day=_("Choose a future day."))
    with attributed(by):
        made, _new = DutyWish.objects.update_or_create(
            person=person, day=day, defaults={"wanted": wanted}
        )
    return made


def delete_wish(wished: DutyWish, *, by: Actor) -> None:
    """Delete a wish. Errors: NotFound, NotAllowed."""
    if not by.can(rights.SWAP):
        raise NotAllowed
    with attributed(by):
        wishes.get_wish(wished.pk, seen_by=by).delete()
