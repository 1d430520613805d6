"""Staffing needs of teams, working-time rules of companies, and call-outs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from opale.kernel import live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.organisation.models import Company, Skill, Team, WorkingCalendar
from opale.run.shifts import rights
from opale.run.shifts.actions.duties import ROSTER
from opale.run.shifts.actions.guards import require_team
from opale.run.shifts.domain.working_time import RuleSet
from opale.run.shifts.models import CallOut, Duty, StaffingNeed, WorkingTimeRules


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedTerms:
    """How many of whom a team needs, and when; empty fields do not matter."""

    name: str
    kind: str = ""
    role: str = ""
    minimum: int = 1
    calendar: WorkingCalendar | None = None
    skill: Skill | None = None
    level: int = 1
    language: str = ""


def create_need(team: Team, sheet: NeedTerms, *, by: Actor) -> StaffingNeed:
    """Errors: NotFound (team), NotAllowed, Invalid, Conflict (name)."""
    with attributed(by):
        require_team(team, by=by)
        if not sheet.name.strip():
            raise Invalid(name=_("Enter a name. It is shown when the requirement is not met."))
        if sheet.minimum < 1:
            raise Invalid(minimum=_("At least one person."))
        taken = Conflict(_("The team already has a requirement with this name."))
        fields = {name: getattr(sheet, name) for name in sheet.__dataclass_fields__}
        with translate_violations(need_named_once_in_a_team=taken):
            need = StaffingNeed.objects.create(team=team, **fields)
        live_topics.publish(ROSTER)
    return need


def remove_need(need: StaffingNeed, *, by: Actor) -> None:
    """Errors: NotFound, NotAllowed."""
    with attributed(by):
        rows = StaffingNeed.objects.visible_to(by).filter(pk=need.pk)
        if not rows.exists():
            raise NotFound
        if not rows.within(by, rights.EDIT).exists():
            raise NotAllowed
        rows.delete()
        live_topics.publish(ROSTER)


def create_rules(
    company: Company, *, by: Actor, name: str, since: date, record: Mapping[str, Any]
) -> WorkingTimeRules:
    """Set the working-time rules of a company from a day on.

    Errors: NotAllowed, Invalid, Conflict (a set from that day).
    """
    with attributed(by):
        if not by.everywhere(rights.EDIT):
            raise NotAllowed
        try:
            rules = RuleSet.from_record(name, record)
        except (KeyError, TypeError, ValueError) as bad:
            raise Invalid(record=_("Not valid working-time limits.")) from bad
        if not rules.limits:
            raise Invalid(record=_("Enter at least one limit."))
        taken = Conflict(_("The company already has rules from that day on."))
        with translate_violations(rules_once_a_day=taken):
            row = WorkingTimeRules.objects.create(
                company=company, name=name, since=since, record=rules.to_record()
            )
        live_topics.publish(ROSTER)
    return row


def remove_rules(rules: WorkingTimeRules, *, by: Actor) -> None:
    """Errors: NotFound, NotAllowed."""
    with attributed(by):
        rows = WorkingTimeRules.objects.visible_to(by).filter(pk=rules.pk)
        if not rows.exists():
            raise NotFound
        if not by.everywhere(rights.EDIT):
            raise NotAllowed
        rows.delete()
        live_topics.publish(ROSTER)


def record_call_out(duty: Duty, *, by: Actor, starts: datetime, ends: datetime) -> CallOut:
    """Record that a person on stand-by was called to work: rest counts anew from its end.

    Repeated with the same beginning, it corrects the end. Errors: Invalid.
    """
    if starts >= ends:
        raise Invalid(ends=_("The end must be after the start."))
    if duty.kind != Duty.Kind.STANDBY:
        raise Invalid(duty=_("Call-outs only happen on call, not on shift."))
    with attributed(by):
        period = DateTimeTZRange(starts, ends)
        call_out, _made = CallOut.objects.update_or_create(
            person=duty.person, duty=duty, period__startswith=starts, defaults={"period": period}
        )
        live_topics.publish(ROSTER)
    return call_out
