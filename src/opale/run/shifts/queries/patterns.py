"""Patterns, the people in them, and planned duties."""

from datetime import datetime

from django.db.models import Count, Max

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.organisation.models import Team
from opale.run.shifts.models import (
    PatternLine,
    PatternLineQuerySet,
    PlannedDuty,
    PlannedDutyQuerySet,
    ShiftPattern,
    ShiftPatternQuerySet,
)


def patterns(*, seen_by: Actor, team_id: int | None = None) -> ShiftPatternQuerySet:
    """Return the patterns with their team, and the number of people in each (`people`)."""
    found = ShiftPattern.objects.visible_to(seen_by).select_related("team", "calendar")
    if team_id is not None:
        found = found.filter(team_id=team_id)
    counted: ShiftPatternQuerySet = found.annotate(people=Count("lines", distinct=True))
    return counted.order_by("team__name", "-layer", "name")


def get_pattern(pattern_id: int, *, seen_by: Actor) -> ShiftPattern:
    """Errors: NotFound."""
    pattern = patterns(seen_by=seen_by).filter(pk=pattern_id).first()
    if pattern is None:
        raise NotFound
    return pattern


def lines_of(pattern: ShiftPattern, *, seen_by: Actor) -> PatternLineQuerySet:
    found = PatternLine.objects.visible_to(seen_by).filter(pattern=pattern)
    return found.select_related("person").order_by("offset", "since", "id")


def get_line(line_id: int, *, seen_by: Actor) -> PatternLine:
    """Errors: NotFound."""
    found = PatternLine.objects.visible_to(seen_by).select_related("pattern", "person")
    line = found.filter(pk=line_id).first()
    if line is None:
        raise NotFound
    return line


def planned_duties(*, seen_by: Actor, team_id: int | None = None) -> PlannedDutyQuerySet:
    found = PlannedDuty.objects.visible_to(seen_by).select_related("pattern__team", "person")
    return found if team_id is None else found.filter(pattern__team_id=team_id)


def get_planned(planned_id: int, *, seen_by: Actor) -> PlannedDuty:
    """Errors: NotFound."""
    row = planned_duties(seen_by=seen_by).filter(pk=planned_id).first()
    if row is None:
        raise NotFound
    return row


def published_until(team: Team) -> datetime | None:
    """Return until when planned duties are published."""
    last = PlannedDuty.objects.filter(pattern__team=team, state="published").aggregate(
        last=Max("period__endswith")
    )["last"]
    return last if isinstance(last, datetime) else None
