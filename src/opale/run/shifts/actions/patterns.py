"""Patterns and the people in them; their duties are drawn by `roster`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.organisation.models import Person, Team, WorkingCalendar
from opale.run.shifts import rights
from opale.run.shifts.actions.duties import ROSTER
from opale.run.shifts.actions.guards import require_team
from opale.run.shifts.domain.cycles import MAX_CYCLE_DAYS, InvalidHours, parse_days
from opale.run.shifts.models import Duty, PatternLine, PlannedDuty, ShiftPattern
from opale.run.shifts.states import PlannedState

Within = ShiftPattern.Within


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternTerms:
    """The terms of a pattern. `days` are the hours of each day of its cycle: `22:00-06:00`."""

    name: str
    time_zone: str
    first_day: date
    days: Sequence[Sequence[str]] = field(default_factory=list)
    last_day: date | None = None
    kind: str = Duty.Kind.STAFFED
    role: str = Duty.Role.AGENT
    repeats: bool = True
    layer: int = 0
    within: str = Within.ALL
    calendar: WorkingCalendar | None = None

    def columns(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def create_pattern(team: Team, sheet: PatternTerms, *, by: Actor) -> ShiftPattern:
    """Errors: NotFound (team), NotAllowed, Invalid."""
    with attributed(by):
        require_team(team, by=by)
        _check(sheet)
        with translate_violations(pattern_named_once_in_a_team=_taken()):
            pattern = ShiftPattern.objects.create(team=team, **sheet.columns())
        _tell()
    return pattern


def edit_pattern(pattern: ShiftPattern, sheet: PatternTerms, *, by: Actor) -> None:
    """Change a pattern. Drafts follow at the next drawing; published duties stay.

    Errors: NotFound, NotAllowed, Invalid.
    """
    with attributed(by):
        row = _locked(pattern, by=by)
        _check(sheet)
        columns = sheet.columns()
        for name, value in columns.items():
            setattr(row, name, value)
        with translate_violations(pattern_named_once_in_a_team=_taken()):
            row.save(update_fields=list(columns))
        _tell()


def remove_pattern(pattern: ShiftPattern, *, by: Actor) -> None:
    """Delete a pattern with its drafts. Published duties stay in the roster.

    Errors: NotFound, NotAllowed.
    """
    with attributed(by):
        _locked(pattern, by=by).delete()
        _tell()


def add_line(
    pattern: ShiftPattern,
    person: Person,
    *,
    by: Actor,
    offset: int = 0,
    since: date,
    until: date | None = None,
) -> PatternLine:
    """Give a person a place in a pattern.

    Units: `offset` in days: a person one day ahead does today what others do tomorrow.
    Errors: NotFound, NotAllowed, Invalid.
    """
    with attributed(by):
        row = _locked(pattern, by=by)
        if person.left_on is not None:
            raise Invalid(person=_("This person has left the company."))
        if not 0 <= offset < max(len(row.days), 1):
            raise Invalid(offset=_("The cycle has %(days)s days.") % {"days": len(row.days)})
        if until is not None and until < since:
            raise Invalid(until=_("The end must be after the start."))
        line = PatternLine.objects.create(
            pattern=row, person=person, offset=offset, since=since, until=until
        )
        _tell()
    return line


def remove_line(line: PatternLine, *, by: Actor) -> None:
    """Take a person out of a pattern, with drafts that have not begun.

    Errors: NotFound, NotAllowed.
    """
    with attributed(by):
        rows = PatternLine.objects.visible_to(by).filter(pk=line.pk)
        row = rows.select_for_update(of=("self",)).first()
        if row is None:
            raise NotFound
        if not rows.within(by, rights.EDIT).exists():
            raise NotAllowed
        PlannedDuty.objects.filter(
            pattern_id=row.pattern_id,
            key__startswith=f"{row.pk}:",
            period__startswith__gt=clock.now(),
        ).exclude(state=PlannedState.PUBLISHED).delete()
        row.delete()
        _tell()


def _locked(pattern: ShiftPattern, *, by: Actor) -> ShiftPattern:
    rows = ShiftPattern.objects.visible_to(by).filter(pk=pattern.pk)
    row = rows.select_for_update(of=("self",)).first()
    if row is None:
        raise NotFound
    if not rows.within(by, rights.EDIT).exists():
        raise NotAllowed
    return row


def _check(sheet: PatternTerms) -> None:
    if not sheet.name.strip():
        raise Invalid(name=_("Enter a name."))
    if sheet.time_zone not in clock.time_zones():
        raise Invalid(time_zone=_("This time zone does not exist."))
    try:
        days = parse_days(sheet.days)
    except InvalidHours as bad:
        raise Invalid(
            days=_("“%(text)s” is not valid. Write hours as “22:00-06:00”.") % {"text": str(bad)}
        ) from bad
    if not any(days) or len(days) > MAX_CYCLE_DAYS:
        raise Invalid(days=_("A cycle has 1 to 366 days, with hours on at least one of them."))
    if sheet.last_day is not None and sheet.last_day < sheet.first_day:
        raise Invalid(last_day=_("The end must be after the start."))
    if sheet.within != Within.ALL and sheet.calendar is None:
        raise Invalid(calendar=_("Choose a calendar."))
    if sheet.role == Duty.Role.TRIAGE and sheet.kind != Duty.Kind.STAFFED:
        raise Invalid(role=_("Triage duty requires somebody on shift, not on call."))


def _taken() -> Conflict:
    return Conflict(_("The team already has a shift cycle with this name."))


def _tell() -> None:
    live_topics.publish(ROSTER)
