"""The tables of shifts: who is on duty, and the patterns from which duties are drawn."""

from opale.run.shifts.models.duties import A_DAY, Duty, DutyQuerySet
from opale.run.shifts.models.feeds import CalendarFeed, CalendarFeedQuerySet
from opale.run.shifts.models.patterns import (
    PatternLine,
    PatternLineQuerySet,
    PlannedDuty,
    PlannedDutyQuerySet,
    ShiftPattern,
    ShiftPatternQuerySet,
)
from opale.run.shifts.models.rules import (
    CallOut,
    CallOutQuerySet,
    StaffingNeed,
    StaffingNeedQuerySet,
    WorkingTimeRules,
    WorkingTimeRulesQuerySet,
)
from opale.run.shifts.models.swaps import SwapRequest, SwapRequestQuerySet

__all__ = [
    "A_DAY",
    "CalendarFeed",
    "CalendarFeedQuerySet",
    "CallOut",
    "CallOutQuerySet",
    "Duty",
    "DutyQuerySet",
    "PatternLine",
    "PatternLineQuerySet",
    "PlannedDuty",
    "PlannedDutyQuerySet",
    "ShiftPattern",
    "ShiftPatternQuerySet",
    "StaffingNeed",
    "StaffingNeedQuerySet",
    "SwapRequest",
    "SwapRequestQuerySet",
    "WorkingTimeRules",
    "WorkingTimeRulesQuerySet",
]
