"""Staffing needs of teams, and the times at which they are unmet."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opale.kernel import business_time
from opale.kernel.actor import Actor
from opale.kernel.calendars import Calendar
from opale.kernel.errors import NotFound
from opale.organisation.models import Person, PersonSkill, Team
from opale.run.shifts.domain.cycles import DAY, Span, instant, intersections, understaffed_parts
from opale.run.shifts.models import Duty, StaffingNeed, StaffingNeedQuerySet
from opale.run.shifts.queries.entries import Entry

EntryFilter = Callable[[Entry], bool]


def _never(entry: Entry) -> datetime | None:
    """Return no expiry: a role without requirements is met at any time."""
    return None


@dataclass(frozen=True, slots=True)
class Requirement:
    """How many of whom are needed, when. `kind` and `role` are those of the duty that meets it.

    `personal`: not everybody of that role meets it. A person who `fits` as a duty begins does so
    until it `expires`, if ever.
    """

    slug: str
    label: str | Promise
    fits: EntryFilter
    minimum: int = 1
    calendar: Calendar | None = None
    kind: str = Duty.Kind.STAFFED
    role: str = Duty.Role.AGENT
    personal: bool = False
    expires: Callable[[Entry], datetime | None] = _never

    def served(self, entry: Entry) -> Span | None:
        """Return the part of a duty that meets it: a skill may expire before the duty ends."""
        if entry.left_on is not None or not self.fits(entry):
            return None
        ends = self.expires(entry)
        return entry.span if ends is None else Span(entry.span.starts, min(ends, entry.span.ends))


DESK_REQUIREMENTS = (
    Requirement("staffed", _("Nobody on shift"), lambda entry: entry.staffed),
    Requirement(
        "triage",
        _("Nobody on triage duty"),
        lambda entry: entry.role == Duty.Role.TRIAGE,
        role=Duty.Role.TRIAGE,
    ),
    Requirement(
        "manager",
        _("No on-call manager"),
        lambda entry: entry.role == Duty.Role.MANAGER,
        kind=Duty.Kind.STANDBY,
        role=Duty.Role.MANAGER,
    ),
)
"""The needs of the service desk at all hours, beside those that were set."""


def needs(*, seen_by: Actor, team_id: int | None = None) -> StaffingNeedQuerySet:
    found = StaffingNeed.objects.visible_to(seen_by).select_related("team", "calendar", "skill")
    return found if team_id is None else found.filter(team_id=team_id)


def get_need(need_id: int, *, seen_by: Actor) -> StaffingNeed:
    """Errors: NotFound."""
    need = needs(seen_by=seen_by).filter(pk=need_id).first()
    if need is None:
        raise NotFound
    return need


def requirements(team: Team, *, seen_by: Actor) -> list[Requirement]:
    """Return the needs of a team: the desk's at all hours, and those that were set."""
    written = list(needs(seen_by=seen_by, team_id=team.pk))
    skilled = _skilled([need for need in written if need.skill_id is not None])
    speaking = _speaking(need.language for need in written if need.language)
    zone = _zone_of(team) if skilled else UTC
    own = [_requirement(need, skilled, speaking, zone) for need in written]
    return [*(DESK_REQUIREMENTS if team.kind == Team.Kind.SERVICE_DESK else ()), *own]


def gaps_of(of: Requirement, among: Iterable[Entry], span: Span) -> list[Span]:
    """Return when too few people fit; those who have left do not count."""
    running = [part for one in among if (part := of.served(one)) is not None]
    missing = understaffed_parts(running, of.minimum, span.starts, span.ends)
    if of.calendar is None:
        return missing
    return [part for gap in missing for part in intersections(gap, _opened(of.calendar, gap))]


def unmet_needs(
    team: Team, among: Iterable[Entry], span: Span, *, seen_by: Actor
) -> list[tuple[Requirement, timedelta]]:
    """Return each skill or language needed and missing in a period, with for how long."""
    standing = list(among)
    found = []
    for need in requirements(team, seen_by=seen_by):
        missing = sum((gap.length for gap in gaps_of(need, standing, span)), timedelta())
        if need.personal and missing:
            found.append((need, missing))
    return found


def _opened(calendar: Calendar, span: Span) -> list[Span]:
    found = business_time.explain(calendar, span.starts, span.ends)
    return [Span(part.starts, part.ends) for part in found if part.counted]


def _zone_of(team: Team) -> tzinfo:
    company = team.company or team.manager.company
    return ZoneInfo(company.time_zone)


Skilled = dict[int, list[tuple[int, int, date | None]]]


def _skilled(asking: Sequence[StaffingNeed]) -> Skilled:
    """Return the holders of these skills: by skill, the person, the level, until when."""
    held: Skilled = {}
    if asking:
        rows = PersonSkill.objects.filter(skill__in={need.skill_id for need in asking})
        for skill, person, level, until in rows.values_list(
            "skill_id", "person_id", "level", "valid_until"
        ):
            held.setdefault(skill, []).append((person, level, until))
    return held


def _speaking(languages: Iterable[str]) -> dict[str, set[int]]:
    return {
        language: set(
            Person.objects.filter(languages__contains=[language]).values_list("pk", flat=True)
        )
        for language in set(languages)
    }


def _requirement(
    need: StaffingNeed, skilled: Skilled, speaking: dict[str, set[int]], zone: tzinfo
) -> Requirement:
    holders = skilled.get(need.skill_id, []) if need.skill_id is not None else []
    able = {person: until for person, level, until in holders if level >= need.level}

    def fits(entry: Entry) -> bool:
        until = able.get(entry.person_id)
        return (
            (not need.kind or entry.kind == need.kind)
            and (not need.role or entry.role == need.role)
            and (not need.language or entry.person_id in speaking[need.language])
            and (need.skill_id is None or entry.person_id in able)
            and (until is None or entry.span.starts.astimezone(zone).date() <= until)
        )

    def expires(entry: Entry) -> datetime | None:
        until = able.get(entry.person_id)
        return None if until is None else instant(datetime.combine(until + DAY, time()), zone)

    record = None if need.calendar is None else need.calendar.record
    return Requirement(
        f"need-{need.pk}",
        need.name,
        fits,
        need.minimum,
        None if record is None else Calendar.from_record(record),
        need.kind or Duty.Kind.STAFFED,
        need.role or Duty.Role.AGENT,
        personal=need.skill_id is not None or bool(need.language),
        expires=expires,
    )
