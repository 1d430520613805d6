"""How the roster is read: who is on, who answers, the week as a table, and what nobody covers."""

from opale.run.shifts.cycles import Span
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
from opale.run.shifts.queries.roster import (
    DAYS,
    Line,
    Need,
    Piece,
    Roster,
    roster,
    uncovered,
)

__all__ = [
    "DAYS",
    "SOON",
    "Answerable",
    "Line",
    "Need",
    "Piece",
    "Roster",
    "Span",
    "Standing",
    "answerable",
    "clashing",
    "duties",
    "get_duty",
    "on_duty",
    "roster",
    "service_desk",
    "teams_with_duties",
    "triage_holder",
    "uncovered",
]
