"""Stand-by slips: call-outs of people who were on no shift, and the rest after them.

Source: docs/rules/paging.md, "Call-outs".
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.organisation.models import Person
from opale.run.paging.actions import slip_notices
from opale.run.paging.models import Mobilisation, RuleFix, Slip
from opale.run.paging.queries.slips import fix_of, rest_of
from opale.run.paging.rights import EDIT, READ, SLIPS
from opale.run.shifts.actions.duties import edit_duty, plan_of_duty, remove_duty
from opale.run.shifts.actions.needs import record_call_out
from opale.run.shifts.models import Duty

MAX_DURATION: Final = timedelta(hours=24)
FIXED_WITHIN: Final = timedelta(days=7)


def open_slip(held: Mobilisation, person: Person, *, by: Actor, at: datetime) -> Slip | None:
    """Open a slip from the answer on; none for somebody who is on shift."""
    duties = list(Duty.objects.filter(person=person, period__contains=at).order_by("period", "id"))
    if any(duty.kind == Duty.Kind.STAFFED for duty in duties):
        return None
    return Slip.objects.create(
        person=person,
        team=held.team,
        mobilisation=held,
        duty=duties[0] if duties else None,
        began_at=at,
    )


def end_slips(mobilisation_ids: list[int], *, by: Actor, at: datetime) -> None:
    """End the slips of mobilisations that ended; their people may correct the time.

    Inside the action that ends the mobilisations.
    """
    running = Slip.objects.filter(
        mobilisation__in=mobilisation_ids, ended_at=None, began_at__lte=at
    )
    for slip in running.select_related("duty", "person__company", "mobilisation"):
        slip.ended_at = at
        slip.save(update_fields=["ended_at"])
        _count_in_the_roster(slip, at, by)
        _tell_of_rest(slip, None, by)


def fill_in_slip(
    slip: Slip,
    *,
    ended_at: datetime | None = None,
    travel: timedelta | None = None,
    note: str | None = None,
    by: Actor,
) -> None:
    """Set when a call-out ended, with the travel there and back; None leaves what there is.

    Errors: NotFound, NotAllowed, Invalid(ended_at, travel).
    """
    with attributed(by):
        held = _held(slip, by)
        ended_at = ended_at or held.ended_at
        travel = held.travel if travel is None else travel
        if ended_at is None:
            raise Invalid(ended_at=_("Enter when the call-out ended."))
        wrong = {}
        if not held.began_at <= ended_at <= held.began_at + MAX_DURATION:
            wrong["ended_at"] = _("The end must be after the page, within 24 hours.")
        elif ended_at > clock.now():
            wrong["ended_at"] = _("This is in the future.")
        if not timedelta() <= travel <= MAX_DURATION:
            wrong["travel"] = _("Enter a duration between 0 and 24 hours.")
        if wrong:
            raise Invalid(**wrong)
        before = rest_of(held)
        held.ended_at, held.travel = ended_at, travel
        held.note = held.note if note is None else note.strip()[:500]
        held.save(update_fields=["ended_at", "travel", "note"])
        _count_in_the_roster(held, ended_at + travel, by)
        _tell_of_rest(held, before.proposed if before else None, by)
        live_topics.publish("paging.slips")


def apply_rest(slip: Slip, *, by: Actor) -> Duty | None:
    """Let the shift that begins before the rest is over begin when it is. Return None where
    it would be over by then, and is removed; the roster shows the gap.

    Errors: NotFound, NotAllowed (of the roster), Conflict (nothing begins too early).
    """
    with attributed(by):
        rest = rest_of(_held(slip, by))
        duty = rest.duty if rest else None
        if rest is None or duty is None:
            raise Conflict(_("No shift starts before the rest period ends."))
        if rest.until < duty.ends:
            edit_duty(duty, replace(plan_of_duty(duty), starts=rest.until), by=by)
        else:
            remove_duty(duty, by=by)
        live_topics.publish("paging.slips")
    return duty if rest.until < duty.ends else None


def _tell_of_rest(slip: Slip, told: datetime | None, by: Actor) -> None:
    """Notify who plans the shift that begins too early, once for each end of the rest."""
    rest = rest_of(slip)
    if rest is None or rest.until == told:
        return
    if rest.duty is not None:
        slip_notices.notify_early_shift(slip, rest.duty, rest.until, by=by)
    slip_notices.notify_lost_bookings(slip, rest, by=by)


def _count_in_the_roster(slip: Slip, ends: datetime, by: Actor) -> None:
    """Record the call-out for the working-time rules: rest counts anew from its end."""
    if slip.duty is not None and slip.began_at < ends:
        record_call_out(slip.duty, by=by, starts=slip.began_at, ends=ends)


def judge_slip(slip: Slip, worth: str, *, by: Actor) -> RuleFix | None:
    """Record whether the call-out was worth it. A no opens a fix for the team's manager, due
    in a week.

    Errors: NotFound, NotAllowed (another's), Conflict (it is being put right already).
    """
    with attributed(by):
        held = _held(slip, by)
        if held.person_id != by.person_id:
            raise NotAllowed
        fix = RuleFix.objects.filter(slip=held).first()
        if worth == Slip.Worth.YES and fix is not None:
            raise Conflict(_("Somebody is already fixing it."))
        held.worth = worth
        held.save(update_fields=["worth"])
        if worth == Slip.Worth.NO and fix is None:
            fix = RuleFix.objects.create(
                slip=held,
                owner_id=held.team.manager_id,
                due_on=(clock.now() + FIXED_WITHIN).date(),
            )
        live_topics.publish("paging.slips")
    return fix


def edit_fix(
    fix: RuleFix,
    *,
    owner: Person | None = None,
    due_on: date | None = None,
    what: str | None = None,
    by: Actor,
) -> None:
    """Change who puts it right, until when, or what; None leaves what there is.

    Errors: NotAllowed, Invalid(owner, due_on).
    """
    with attributed(by):
        held = _held_fix(fix, by)
        held.owner, held.due_on = owner or held.owner, due_on or held.due_on
        held.what = held.what if what is None else what.strip()[:500]
        wrong = {}
        if held.owner.left_on is not None:
            wrong["owner"] = _("This person has left the company.")
        if held.due_on < clock.now().date():
            wrong["due_on"] = _("This day is in the past.")
        if wrong:
            raise Invalid(**wrong)
        held.save(update_fields=["owner", "due_on", "what"])
        live_topics.publish("paging.slips")


def edit_fix_of_slip(slip: Slip, *, by: Actor, **changes: Any) -> None:
    """Change the fix of a slip, as `edit_fix` does. Errors: NotFound, NotAllowed, Invalid."""
    edit_fix(fix_of(_held(slip, by)), by=by, **changes)


def finish_fix(fix: RuleFix, *, by: Actor) -> None:
    """Close a fix: nothing is left to do. Errors: NotFound, NotAllowed."""
    with attributed(by):
        held = _held_fix(fix, by)
        held.state = RuleFix.State.DONE
        held.save(update_fields=["state"])
        live_topics.publish("paging.slips")


def _held(slip: Slip, by: Actor) -> Slip:
    if not by.can(SLIPS):
        raise NotAllowed
    rows = Slip.objects.visible_to(by).filter(pk=slip.pk)
    related = ("team", "duty", "person__company", "mobilisation")
    held = rows.select_for_update(of=("self",)).select_related(*related).first()
    if held is None:
        raise NotFound
    return held


def _held_fix(fix: RuleFix, by: Actor) -> RuleFix:
    """Return the fix, locked, for who was woken, its owner, or who edits policies."""
    rows = RuleFix.objects.select_for_update(of=("self",)).select_related("slip", "owner")
    held = rows.get(pk=fix.pk)
    if not by.can(READ):
        raise NotAllowed
    if by.person_id not in (held.owner_id, held.slip.person_id) and not by.can(EDIT):
        raise NotAllowed
    return held
