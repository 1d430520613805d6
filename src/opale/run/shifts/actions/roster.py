"""Drawing of a team's patterns ahead, and publication of the drafts.

Source: docs/rules/rosters.md, "Generation and publication".
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from opale.kernel import clock, live_topics, locks
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Invalid
from opale.organisation.models import Team
from opale.run.shifts.actions import roster_notifications
from opale.run.shifts.actions.duties import ROSTER, constraint_conflicts
from opale.run.shifts.actions.guards import require_team
from opale.run.shifts.actions.news import record_news
from opale.run.shifts.domain.cycles import Span
from opale.run.shifts.models import Duty, PatternLine, PlannedDuty, ShiftPattern
from opale.run.shifts.queries.pattern_expansion import Key, PatternDuty, expand_patterns
from opale.run.shifts.states import PlannedState

AHEAD = timedelta(weeks=52)
MOVED_WITHIN = timedelta(days=62)
"""How far a duty moved by hand to an earlier time is still recognised."""
BATCH_SIZE = 1000


@dataclass(frozen=True, slots=True)
class DrawnChanges:
    """How drawing again changed the earlier drafts."""

    made: int = 0
    moved: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class PublishedDuties:
    """How many duties were published, and which overlap an existing duty."""

    made: int
    refused: tuple[PlannedDuty, ...] = ()


def draw_all_patterns(*, by: Actor, at: datetime) -> int:
    """Draw the patterns of every open team; return how many teams have some."""
    teams = list(Team.objects.filter(closed_on=None, patterns__isnull=False).distinct())
    for team in teams:
        draw_patterns(team, by=by, at=at)
    return len(teams)


def draw_patterns(team: Team, *, by: Actor, at: datetime) -> DrawnChanges:
    """Draw the patterns of a team for 52 weeks. Changes by hand and published duties stay.

    Idempotent.
    Errors: NotFound, NotAllowed, Invalid (closed).
    """
    ahead = Span(at, at + AHEAD)
    with attributed(by):
        require_team(team, by=by)
        locks.take_locks(f"shifts.drawing:{team.pk}")
        patterns = list(ShiftPattern.objects.filter(team=team).select_related("calendar"))
        wanted = expand_patterns(patterns, _lines(patterns), ahead)
        found = {
            (row.pattern_id, row.key): row
            for row in PlannedDuty.objects.filter(
                pattern__in=patterns, period__overlap=(ahead.starts - MOVED_WITHIN, None)
            )
        }
        difference = DrawnChanges(
            made=_make(key for key in wanted.items() if key[0] not in found),
            moved=_move(found, wanted),
            dropped=_drop(row for key, row in found.items() if key not in wanted and row.ends > at),
        )
        if difference != DrawnChanges():
            live_topics.publish(ROSTER)
    return difference


def publish_roster(team: Team, *, by: Actor, at: datetime, until: datetime) -> PublishedDuties:
    """Publish the planned duties that begin before `until`.

    A second shift at a time, or a second holder of the triage, stays planned.
    Errors: NotFound, NotAllowed, Invalid, Conflict (somebody else plans the same people).
    """
    if until <= at:
        raise Invalid(until=_("This is in the past. Only future shifts can be planned."))
    with attributed(by):
        require_team(team, by=by)
        locks.take_locks(f"shifts.drawing:{team.pk}")
        waiting = list(
            PlannedDuty.objects.awaiting()
            .filter(pattern__team=team, period__overlap=(at, until), person__left_on=None)
            .select_related("pattern", "person")
            .order_by("period", "id")
        )
        fitting, refused = _fitting(waiting, team, at, until)
        with translate_violations(**constraint_conflicts()):
            made = Duty.objects.bulk_create(map(_duty, fitting), batch_size=BATCH_SIZE)
        for row, duty in zip(fitting, made, strict=True):
            row.duty, row.state = duty, PlannedState.PUBLISHED
        PlannedDuty.objects.bulk_update(fitting, ["duty", "state"], batch_size=BATCH_SIZE)
        roster_notifications.notify_published(team, made, by=by)
        record_news(((duty, True) for duty in made), by=by)
        live_topics.publish(ROSTER)
    return PublishedDuties(len(made), tuple(refused))


def withdraw_roster(team: Team, *, by: Actor, since: datetime) -> int:
    """Turn published duties that begin later, and are unchanged, back into drafts.

    Errors: NotFound, NotAllowed, Invalid (closed).
    """
    with attributed(by):
        require_team(team, by=by)
        locks.take_locks(f"shifts.drawing:{team.pk}")
        later = max(since, clock.now())
        rows = [
            row
            for row in PlannedDuty.objects.filter(
                pattern__team=team, duty__isnull=False, period__startswith__gte=later
            ).select_related("duty", "pattern")
            if row.duty is not None and _as_published(row, row.duty)
        ]
        duties = [row.duty_id for row in rows if row.duty_id is not None]
        taken = [row.duty for row in rows if row.duty is not None]
        roster_notifications.notify_withdrawn(team, taken, by=by)
        record_news(((duty, False) for duty in taken), by=by)
        PlannedDuty.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=PlannedState.DRAFT, duty=None
        )
        Duty.objects.filter(pk__in=duties).delete()
        live_topics.publish(ROSTER)
    return len(rows)


def _lines(patterns: Sequence[ShiftPattern]) -> dict[int, list[PatternLine]]:
    lines = defaultdict[int, list[PatternLine]](list)
    for line in PatternLine.objects.filter(pattern__in=patterns).select_related("person"):
        if line.person.left_on is None:
            lines[line.pattern_id].append(line)
    return lines


def _make(wanted: Iterable[tuple[Key, PatternDuty]]) -> int:
    rows = [
        PlannedDuty(
            pattern_id=pattern,
            key=key,
            person_id=one.person_id,
            period=DateTimeTZRange(one.span.starts, one.span.ends),
        )
        for (pattern, key), one in wanted
    ]
    return len(PlannedDuty.objects.bulk_create(rows, batch_size=BATCH_SIZE))


def _move(found: dict[Key, PlannedDuty], wanted: dict[Key, PatternDuty]) -> int:
    moved = []
    for key, row in found.items():
        one = wanted.get(key)
        if one is None or row.state != PlannedState.DRAFT:
            continue
        if (row.person_id, row.span) != (one.person_id, one.span):
            row.person_id = one.person_id
            row.period = DateTimeTZRange(one.span.starts, one.span.ends)
            moved.append(row)
    PlannedDuty.objects.bulk_update(moved, ["person", "period"], batch_size=BATCH_SIZE)
    return len(moved)


def _drop(gone: Iterable[PlannedDuty]) -> int:
    """Delete drafts that no pattern gives any more, cancelled ones too; return how many."""
    drawn_only = (PlannedState.DRAFT, PlannedState.CANCELLED)
    keys = [row.pk for row in gone if row.state in drawn_only]
    PlannedDuty.objects.filter(pk__in=keys).delete()
    return len(keys)


def _fitting(
    waiting: Sequence[PlannedDuty], team: Team, at: datetime, until: datetime
) -> tuple[list[PlannedDuty], list[PlannedDuty]]:
    """Return the planned duties that overlap nothing, in the roster or among themselves."""
    people = {row.person_id for row in waiting}
    around = [Span(row.starts, row.ends) for row in waiting]
    first, last = (
        min((s.starts for s in around), default=at),
        max((s.ends for s in around), default=until),
    )
    busy = defaultdict[object, list[Span]](list)
    for duty in Duty.objects.filter(period__overlap=(first, last)):
        span = Span(duty.starts, duty.ends)
        if duty.kind == Duty.Kind.STAFFED and duty.person_id in people:
            busy[duty.person_id].append(span)
        if duty.role == Duty.Role.TRIAGE and duty.team_id == team.pk:
            busy["triage"].append(span)
    fitting, refused = [], []
    for row in waiting:
        held: list[object] = []
        if row.pattern.kind == Duty.Kind.STAFFED:
            held.append(row.person_id)
        if row.pattern.role == Duty.Role.TRIAGE:
            held.append("triage")
        if any(_meets(row.span, busy[name]) for name in held):
            refused.append(row)
            continue
        for name in held:
            busy[name].append(row.span)
        fitting.append(row)
    return fitting, refused


def _meets(span: Span, others: Iterable[Span]) -> bool:
    return any(span.starts < one.ends and one.starts < span.ends for one in others)


def _duty(row: PlannedDuty) -> Duty:
    return Duty(
        person_id=row.person_id,
        team_id=row.pattern.team_id,
        kind=row.pattern.kind,
        role=row.pattern.role,
        period=row.period,
    )


def _as_published(row: PlannedDuty, duty: Duty) -> bool:
    same = (duty.person_id, duty.period, duty.team_id, duty.kind, duty.role)
    pattern = row.pattern
    return same == (row.person_id, row.period, pattern.team_id, pattern.kind, pattern.role)
