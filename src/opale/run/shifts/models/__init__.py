"""The tables of shifts: who is on duty, and the patterns from which duties are drawn."""

from opale.run.shifts.models.duties import Duty, DutyQuerySet
from opale.run.shifts.models.feeds import (
    AbsenceCalendar,
    AbsenceCalendarQuerySet,
    CalendarFeed,
    CalendarFeedQuerySet,
    ToldAbsence,
)
from opale.run.shifts.models.news import RosterNews, RosterNewsQuerySet
from opale.run.shifts.models.patterns import (
    PatternLine,
    PatternLineQuerySet,
    PlannedDuty,
    PlannedDutyQuerySet,
    ShiftPattern,
    ShiftPatternQuerySet,
)
from opale.run.shifts.models.proposals import (
    ProposalLine,
    ProposalLineQuerySet,
    RosterProposal,
    RosterProposalQuerySet,
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
from opale.run.shifts.models.wishes import DutyWish, DutyWishQuerySet

__all__ = [
    "AbsenceCalendar",
    "AbsenceCalendarQuerySet",
    "CalendarFeed",
    "CalendarFeedQuerySet",
    "CallOut",
    "CallOutQuerySet",
    "Duty",
    "DutyQuerySet",
    "DutyWish",
    "DutyWishQuerySet",
    "PatternLine",
    "PatternLineQuerySet",
    "PlannedDuty",
    "PlannedDutyQuerySet",
    "ProposalLine",
    "ProposalLineQuerySet",
    "RosterNews",
    "RosterNewsQuerySet",
    "RosterProposal",
    "RosterProposalQuerySet",
    "ShiftPattern",
    "ShiftPatternQuerySet",
    "StaffingNeed",
    "StaffingNeedQuerySet",
    "SwapRequest",
    "SwapRequestQuerySet",
    "ToldAbsence",
    "WorkingTimeRules",
    "WorkingTimeRulesQuerySet",
]
