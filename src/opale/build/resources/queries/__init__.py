"""Reading resource requests, and who can take what."""

from opale.build.resources.queries.framing import Framed, differences, frame
from opale.build.resources.queries.plans import (
    get_plan,
    get_plan_line,
    plan_counts,
    plan_lines,
    plans,
)
from opale.build.resources.queries.requests import (
    get_request,
    history_of,
    led_by,
    need_of,
    proposed_for,
    requests,
    waiting,
    with_offers,
)
from opale.build.resources.queries.taking import Candidate, Need, Shift, candidates

__all__ = [
    "Candidate",
    "Framed",
    "Need",
    "Shift",
    "candidates",
    "differences",
    "frame",
    "get_plan",
    "get_plan_line",
    "get_request",
    "history_of",
    "led_by",
    "need_of",
    "plan_counts",
    "plan_lines",
    "plans",
    "proposed_for",
    "requests",
    "waiting",
    "with_offers",
]
