"""Common parts of the problems of shifts and of stand-by."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo

from opale.organisation.models import Membership, Team
from opale.run.shifts.domain.cycles import Hours, Span
from opale.run.shifts.domain.roster_generator.frame import Shift
from opale.run.shifts.models import Duty, PatternLine
from opale.run.shifts.queries.entries import Entry
from opale.run.shifts.queries.needs import Requirement, gaps_of

HISTORY_LENGTH = timedelta(weeks=8)
MIN_OCCURRENCES = 3
"""Recent occurrences that make hours usual for a team, beside those of its patterns."""
HALF = 0.5
"""The uncovered share from which a duty counts as missing."""


def touches(one: Span, other: Span) -> bool:
    return one.starts < other.ends and other.starts < one.ends


def key_of(entry: Entry) -> str:
    return f"{'p' if entry.draft else 'd'}{entry.key}"


def places_of(team: Team, span: Span) -> dict[int, list[Membership]]:
    """Return who is in a team for some of a period, each with the places held in it."""
    places = defaultdict[int, list[Membership]](list)
    rows = Membership.objects.filter(
        team=team, period__overlap=(span.starts, span.ends), person__left_on=None
    )
    for place in rows.select_related("person__company").order_by("person__name", "person_id"):
        places[place.person_id].append(place)
    return places


def roles_of(team: Team, known: Iterable[Entry], kind: str) -> dict[int, set[str]]:
    """Return each person's roles in a team's roster: in the last year, ahead, or in a pattern."""
    roles = defaultdict[int, set[str]](set)
    for entry in known:
        roles[entry.person_id].add(entry.role)
    lines = PatternLine.objects.filter(pattern__team=team, pattern__kind=kind)
    for person, role in lines.values_list("person_id", "pattern__role"):
        roles[person].add(role)
    return roles


def bounded(at: object, otherwise: datetime) -> datetime:
    return at if isinstance(at, datetime) else otherwise


def shift_of(role: str, span: Span, zone: tzinfo) -> tuple[date, Shift]:
    """Return the day and the hours on its wall clock."""
    starts, ends = (at.astimezone(zone).replace(tzinfo=None) for at in (span.starts, span.ends))
    midnight = datetime.combine(starts.date(), time())
    return starts.date(), Shift(role, Hours(starts - midnight, ends - midnight))


def entry_of(
    team_id: int,
    role: str,
    span: Span,
    person_id: int | None,
    kind: str = Duty.Kind.STAFFED.value,
) -> Entry:
    """Return the entry of a duty that is in no table."""
    return Entry(0, True, person_id or 0, "", None, team_id, "", kind, role, span)


def is_open_need(need: Requirement, kind: str, role: str) -> bool:
    """Whether anybody in that role meets a need, whatever their skills."""
    return need.kind == kind and need.role == role and not need.personal


def is_missing_need(need: Requirement, found: Iterable[Entry], span: Span) -> bool:
    lacked = sum((gap.length for gap in gaps_of(need, found, span)), timedelta())
    return lacked >= HALF * span.length
