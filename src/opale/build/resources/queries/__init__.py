"""Reading resource requests, and who can take what."""

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
    "Need",
    "Shift",
    "candidates",
    "get_request",
    "history_of",
    "led_by",
    "need_of",
    "proposed_for",
    "requests",
    "waiting",
    "with_offers",
]
