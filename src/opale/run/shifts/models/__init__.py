"""The tables of shifts: who is on duty, and the patterns from which duties are drawn."""

from opale.run.shifts.models.duties import A_DAY, Duty, DutyQuerySet
from opale.run.shifts.models.patterns import (
    PatternLine,
    PatternLineQuerySet,
    PlannedDuty,
    PlannedDutyQuerySet,
    ShiftPattern,
    ShiftPatternQuerySet,
)

__all__ = [
    "A_DAY",
    "Duty",
    "DutyQuerySet",
    "PatternLine",
    "PatternLineQuerySet",
    "PlannedDuty",
    "PlannedDutyQuerySet",
    "ShiftPattern",
    "ShiftPatternQuerySet",
]
