"""Leaving a shift early, and taking tickets back after a return.

Source: docs/rules/handover.md, "When it goes otherwise" and "Coming back".
"""

from datetime import datetime

from django.utils.translation import gettext as _

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed
from opale.organisation.models import Person, Team
from opale.run.desk.actions.ownership import hand_over_tickets
from opale.run.desk.models import Ownership
from opale.run.handover.actions.cards import require_person
from opale.run.handover.actions.records import BOARD_TOPIC, prepare_handover
from opale.run.handover.actions.snooze import unsnooze_tickets
from opale.run.handover.models import Handover
from opale.run.handover.queries.records import items_to_take_back
from opale.run.handover.queries.shift_changes import people_present, shift_ends_between
from opale.run.handover.rights import WORK
from opale.run.shifts.actions.duties import end_duty_now
from opale.run.shifts.models import Duty
from opale.run.shifts.queries.duties import service_desk


def take_all_back(*, by: Actor) -> list[int]:
    """Own again all tickets that one handed over and that only handovers moved since; return them.

    Errors: NotAllowed (off duty), Conflict (there is nothing).
    """
    at, person = clock.now(), require_person(by)
    if not by.can(WORK) or person.pk not in people_present(service_desk(), at):
        raise NotAllowed(_("Only people on the incoming shift can take work over."))
    with attributed(by):
        items = items_to_take_back(person.pk, at)
        seen = {one.ticket_id: one.ticket.owner_id for one in items}
        taken = hand_over_tickets(seen, person, by=by, reason=Ownership.Reason.TAKEN)
        if not taken:
            raise Conflict(_("None of your tickets are with somebody else."))
        unsnooze_tickets([ticket.pk for ticket in taken])
        live_topics.publish(BOARD_TOPIC)
    return [ticket.pk for ticket in taken]


def leave_early(person: Person, *, by: Actor) -> Handover:
    """End a person's shift now, in the roster too, and prepare the handover to those who stay.

    By the person, by whoever plans the team, or by a lead on shift.
    Errors: NotAllowed, Conflict (not on shift).
    """
    desk, at = service_desk(), clock.now().replace(microsecond=0)
    duty = _running(desk, person, at)
    if duty is None:
        raise Conflict(_("%(name)s is not on shift.") % {"name": person.name})
    if not by.can(WORK):
        raise NotAllowed
    if by.person_id != person.pk and not _leads(desk, by.person_id, at):
        raise NotAllowed
    with attributed(by):
        end_duty_now(duty, at=at)
        return prepare_handover(desk, at, by=by, at=at, kind=Handover.Kind.EARLY)


def prepare_next(*, by: Actor) -> Handover:
    """Prepare the record of the next change early. Errors: NotAllowed, Invalid (none comes)."""
    desk, at = service_desk(), clock.now()
    if not by.can(WORK):
        raise NotAllowed
    coming = shift_ends_between(desk, at, at + Handover.FURTHEST)
    if not coming:
        raise Invalid(_("No shift ends in the next 24 hours. Check the roster."))
    return prepare_handover(desk, coming[0], by=by, at=at)


def _running(team: Team, person: Person, at: datetime) -> Duty | None:
    rows = Duty.objects.filter(person=person, team=team, kind=Duty.Kind.STAFFED)
    return rows.filter(period__contains=at).first()


def _leads(team: Team, person_id: int | None, at: datetime) -> bool:
    """Whether the person is the lead on shift, the on-call manager or the team's manager."""
    roles = (Duty.Role.LEAD, Duty.Role.MANAGER)
    on = Duty.objects.filter(team=team, person=person_id or 0, role__in=roles)
    return on.filter(period__contains=at).exists() or team.manager_id == person_id
