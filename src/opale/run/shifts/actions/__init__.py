"""Writing the roster: duties by hand, patterns, what they draw, and what is published of it."""

from opale.run.shifts.actions.drawing import (
    Difference,
    Published,
    draw_ahead,
    draw_all_ahead,
    publish_roster,
    withdraw_roster,
)
from opale.run.shifts.actions.duties import (
    LONGEST,
    ROSTER,
    DutyPlan,
    create_duty,
    edit_duty,
    remove_duty,
)
from opale.run.shifts.actions.patterns import (
    PatternSheet,
    add_line,
    create_pattern,
    edit_pattern,
    remove_line,
    remove_pattern,
)
from opale.run.shifts.actions.planned import call_off, change_planned, draw_again

__all__ = [
    "LONGEST",
    "ROSTER",
    "Difference",
    "DutyPlan",
    "PatternSheet",
    "Published",
    "add_line",
    "call_off",
    "change_planned",
    "create_duty",
    "create_pattern",
    "draw_again",
    "draw_ahead",
    "draw_all_ahead",
    "edit_duty",
    "edit_pattern",
    "publish_roster",
    "remove_duty",
    "remove_line",
    "remove_pattern",
    "withdraw_roster",
]
