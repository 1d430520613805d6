"""How the roster is read: who is on, who answers, the days as a table, what is wrong with it."""

from opale.run.shifts.cycles import Span
from opale.run.shifts.queries.breaches import (
    Broken,
    Change,
    breaches,
    broken_by,
    get_rules,
    rule_sets,
    rules_in_force,
)
from opale.run.shifts.queries.demand import Heat, heat_map
from opale.run.shifts.queries.duties import (
    SOON,
    Answerable,
    Standing,
    answerable,
    clashing,
    duties,
    get_duty,
    on_duty,
    service_desk,
    teams_with_duties,
    triage_holder,
)
from opale.run.shifts.queries.entries import Entry, entries
from opale.run.shifts.queries.feeds import feed_text, feeds_of
from opale.run.shifts.queries.framing import Asked, bare, frame_of, lacking, with_lines, zone_of
from opale.run.shifts.queries.needs import Requirement, get_need, needs, requirements
from opale.run.shifts.queries.patterns import (
    get_line,
    get_pattern,
    get_planned,
    lines_of,
    patterns,
    planned,
    published_until,
)
from opale.run.shifts.queries.proposals import (
    get_proposal,
    get_proposal_line,
    line_counts,
    proposal_lines,
    proposals,
)
from opale.run.shifts.queries.roster import (
    DAYS,
    Line,
    Missing,
    Piece,
    Roster,
    roster,
    uncovered,
)
from opale.run.shifts.queries.swaps import get_offer, offered_by, offered_to, offers
from opale.run.shifts.queries.troubles import Trouble, troubles
from opale.run.shifts.queries.wishes import get_wish, wishes_of

__all__ = [
    "DAYS",
    "SOON",
    "Answerable",
    "Asked",
    "Broken",
    "Change",
    "Entry",
    "Heat",
    "Line",
    "Missing",
    "Piece",
    "Requirement",
    "Roster",
    "Span",
    "Standing",
    "Trouble",
    "answerable",
    "bare",
    "breaches",
    "broken_by",
    "clashing",
    "duties",
    "entries",
    "feed_text",
    "feeds_of",
    "frame_of",
    "get_duty",
    "get_line",
    "get_need",
    "get_offer",
    "get_pattern",
    "get_planned",
    "get_proposal",
    "get_proposal_line",
    "get_rules",
    "get_wish",
    "heat_map",
    "lacking",
    "line_counts",
    "lines_of",
    "needs",
    "offered_by",
    "offered_to",
    "offers",
    "on_duty",
    "patterns",
    "planned",
    "proposal_lines",
    "proposals",
    "published_until",
    "requirements",
    "roster",
    "rule_sets",
    "rules_in_force",
    "service_desk",
    "teams_with_duties",
    "triage_holder",
    "troubles",
    "uncovered",
    "wishes_of",
    "with_lines",
    "zone_of",
]
