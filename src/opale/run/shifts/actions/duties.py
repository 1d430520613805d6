"""Duties created, changed and removed by hand; past ones stay as they were."""

from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.organisation.models import Person, Team
from opale.run.shifts import rights
from opale.run.shifts.actions.guards import require_team
from opale.run.shifts.actions.news import record_news
from opale.run.shifts.domain import cycles
from opale.run.shifts.models import Duty
from opale.run.shifts.queries import breaches, duties

ROSTER = "shifts.roster"
"""The live topic of all rosters."""
MAX_LENGTH = {Duty.Kind.STAFFED: timedelta(hours=24), Duty.Kind.STANDBY: timedelta(days=31)}


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyPlan:
    """A duty to write: person, team, kind and role, and period."""

    person: Person
    team: Team
    kind: Duty.Kind
    role: Duty.Role
    starts: datetime
    ends: datetime

    def columns(self) -> dict[str, object]:
        return {
            "person": self.person,
            "team": self.team,
            "kind": self.kind,
            "role": self.role,
            "period": DateTimeTZRange(self.starts, self.ends),
        }


def changes_of(plan: DutyPlan, duty: Duty | None = None) -> list[breaches.Change]:
    """Return the changes to people's work of a plan, replacing a duty or adding to all."""
    changed = []
    if duty is not None:
        gone = cycles.Span(duty.starts, duty.ends)
        standby = duty.kind == Duty.Kind.STANDBY
        changed.append(breaches.Change(duty.person_id, gone, gone=True, standby=standby))
    if plan.starts < plan.ends:
        span, standby = cycles.Span(plan.starts, plan.ends), plan.kind == Duty.Kind.STANDBY
        changed.append(breaches.Change(plan.person.pk, span, standby=standby))
    return changed


def check_plan(plan: DutyPlan, duty: Duty | None = None) -> None:
    """Check that a plan may enter the roster, replacing a duty or adding to all.

    Errors: Invalid (period, person), Conflict (overlap).
    """
    _check(plan)
    _refuse_overlap(plan, but=duty.pk if duty else None)


def create_duty(plan: DutyPlan, *, by: Actor) -> Duty:
    """Put a person on duty.

    Errors: NotFound (team), NotAllowed, Invalid (period, person), Conflict (overlap).
    """
    with attributed(by):
        require_team(plan.team, by=by)
        _check(plan)
        _refuse_overlap(plan)
        with translate_violations(**constraint_conflicts()):
            duty = Duty.objects.create(**plan.columns())
        record_news([(duty, True)], by=by)
        _tell(duty)
    return duty


def edit_duty(duty: Duty, plan: DutyPlan, *, by: Actor) -> None:
    """Change a duty that is not over.

    Errors: NotFound, NotAllowed, Invalid (period, person), Conflict (overlap; over already).
    """
    with attributed(by):
        row = _locked(duty, by=by)
        require_team(plan.team, by=by)
        _check(plan)
        _refuse_overlap(plan, but=row.pk)
        columns, before = plan.columns(), copy(row)
        for name, value in columns.items():
            setattr(row, name, value)
        with translate_violations(**constraint_conflicts()):
            row.save(update_fields=list(columns))
        record_news([(before, False), (row, True)], by=by)
        _tell(row)


def remove_duty(duty: Duty, *, by: Actor) -> None:
    """Take a duty away that is not over.

    Errors: NotFound, NotAllowed, Conflict (over already).
    """
    with attributed(by):
        row = _locked(duty, by=by)
        record_news([(row, False)], by=by)
        _tell(row)
        row.delete()


def split_duty(duty: Duty, *, by: Actor, at: datetime, person: Person) -> Duty:
    """End a duty earlier and give the rest to another person; return the second part.

    Errors: NotFound, NotAllowed, Invalid (moment, person), Conflict (overlap; over already).
    """
    with attributed(by):
        row = _locked(duty, by=by)
        if not row.starts < at < row.ends:
            raise Invalid(at=_("Choose a time between the start and the end of the shift."))
        require_team(row.team, by=by)
        before = copy(row)
        rest = hand_over_duty(row, person, at)
        record_news([(before, False), (row, True), (rest, True)], by=by)
        return rest


def hand_over_duty(row: Duty, person: Person, at: datetime) -> Duty:
    """End a locked duty at a moment, and give the rest of it to a person.

    Errors: Invalid (person), Conflict (overlap).
    """
    rest = replace(plan_of_duty(row), person=person, starts=at)
    row.period = DateTimeTZRange(row.starts, at)
    row.save(update_fields=["period"])
    _tell(row)
    _check(rest)
    _refuse_overlap(rest)
    with translate_violations(**constraint_conflicts()):
        made = Duty.objects.create(**rest.columns())
    _tell(made)
    return made


def end_duty_now(duty: Duty, *, at: datetime) -> None:
    """End a running shift at a moment. The calling room checks the permission.

    Errors: Conflict (it is over, or has not begun).
    """
    row = Duty.objects.select_for_update(of=("self",)).filter(pk=duty.pk).first()
    if row is None or not row.starts < at < row.ends:
        raise Conflict(_("This shift has ended and can no longer be changed."))
    row.period = DateTimeTZRange(row.starts, at)
    row.save(update_fields=["period"])
    _tell(row)


def reassign_duty(row: Duty, person: Person) -> None:
    """Give a locked duty to another person.

    Errors: Invalid (person), Conflict (overlap).
    """
    plan = replace(plan_of_duty(row), person=person)
    _check(plan)
    _refuse_overlap(plan, but=row.pk)
    row.person = person
    with translate_violations(**constraint_conflicts()):
        row.save(update_fields=["person"])
    _tell(row)


def plan_of_duty(row: Duty) -> DutyPlan:
    """Return the plan of a duty, to change a part of it."""
    return DutyPlan(
        person=row.person,
        team=row.team,
        kind=Duty.Kind(row.kind),
        role=Duty.Role(row.role),
        starts=row.starts,
        ends=row.ends,
    )


def _locked(duty: Duty, *, by: Actor) -> Duty:
    rows = Duty.objects.visible_to(by).filter(pk=duty.pk)
    row = rows.select_for_update(of=("self",)).first()
    if row is None:
        raise NotFound
    if not rows.within(by, rights.EDIT).exists():
        raise NotAllowed
    if row.ends <= clock.now():
        raise Conflict(_("This shift has ended and can no longer be changed."))
    return row


def _check(plan: DutyPlan) -> None:
    longest = MAX_LENGTH[plan.kind]
    if plan.starts >= plan.ends:
        raise Invalid(ends=_("The end must be after the start."))
    if plan.ends <= clock.now():
        raise Invalid(ends=_("This is in the past. Only future shifts can be planned."))
    if plan.ends - plan.starts > longest and plan.kind == Duty.Kind.STAFFED:
        raise Invalid(ends=_("A shift lasts at most 24 hours."))
    if plan.ends - plan.starts > longest:
        raise Invalid(ends=_("An on-call shift lasts at most 31 days."))
    if plan.person.left_on is not None:
        raise Invalid(person=_("This person has left the company."))
    if plan.role == Duty.Role.TRIAGE and plan.kind != Duty.Kind.STAFFED:
        raise Invalid(role=_("Triage duty requires somebody on shift, not on call."))


def _refuse_overlap(plan: DutyPlan, *, but: int | None = None) -> None:
    """Raise Conflict naming the overlapping duty. The table's constraints hold in a race too."""
    if plan.kind == Duty.Kind.STAFFED:
        clash = duties.overlapping_duty(plan.person.pk, plan.starts, plan.ends, but=but)
        if clash is not None:
            raise Conflict(
                _("%(person)s is already on shift with %(team)s from %(starts)s to %(ends)s.")
                % _named(clash)
            )
    if plan.role == Duty.Role.TRIAGE:
        holder = duties.triage_holder(plan.team.pk, plan.starts, plan.ends, but=but)
        if holder is not None:
            raise Conflict(
                _("%(person)s is already on triage duty for %(team)s from %(starts)s to %(ends)s.")
                % _named(holder)
            )


def _named(duty: Duty) -> dict[str, str]:
    spoken = {
        name: date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
        for name, at in (("starts", duty.starts), ("ends", duty.ends))
    }
    return {"person": duty.person.name, "team": duty.team.name, **spoken}


def constraint_conflicts() -> dict[str, Conflict]:
    return {
        "one_staffed_duty_at_a_time": Conflict(
            _("This person was just scheduled for another shift at that time.")
        ),
        "one_holder_of_triage_at_a_time": Conflict(
            _("Somebody else was just put on triage duty at that time.")
        ),
    }


def _tell(duty: Duty) -> None:
    live_topics.publish(ROSTER, f"shifts.duty:{duty.pk}")
