"""Writing the roster: duties by hand, patterns, what they draw, and what is published of it."""

from opale.run.shifts.actions.absences import Read, read_absences
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
    changes_of,
    check_plan,
    create_duty,
    edit_duty,
    end_duty_now,
    remove_duty,
    split_duty,
)
from opale.run.shifts.actions.feeds import close_feed, open_feed
from opale.run.shifts.actions.needs import (
    NeedSheet,
    create_need,
    create_rules,
    record_call_out,
    remove_need,
    remove_rules,
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
from opale.run.shifts.actions.swaps import (
    accept_offer,
    lapse_offers,
    offer_duty,
    refuse_offer,
    take_over,
    withdraw_offer,
)

__all__ = [
    "LONGEST",
    "ROSTER",
    "Difference",
    "DutyPlan",
    "NeedSheet",
    "PatternSheet",
    "Published",
    "Read",
    "accept_offer",
    "add_line",
    "call_off",
    "change_planned",
    "changes_of",
    "check_plan",
    "close_feed",
    "create_duty",
    "create_need",
    "create_pattern",
    "create_rules",
    "draw_again",
    "draw_ahead",
    "draw_all_ahead",
    "edit_duty",
    "edit_pattern",
    "end_duty_now",
    "lapse_offers",
    "offer_duty",
    "open_feed",
    "publish_roster",
    "read_absences",
    "record_call_out",
    "refuse_offer",
    "remove_duty",
    "remove_line",
    "remove_need",
    "remove_pattern",
    "remove_rules",
    "split_duty",
    "take_over",
    "withdraw_offer",
    "withdraw_roster",
]
