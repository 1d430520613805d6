"""Answers about roster proposals, news of the roster, and wishes."""

from datetime import date, datetime, timedelta
from typing import Literal

from ninja import Schema

from opale.run.shifts.models import RosterProposal

WantedName = Literal["off", "any", "morning", "afternoon", "night", "standby"]


class RosterProposalOut(Schema):
    """`searched` of `seconds` is how far the search is. Nothing of it is in the roster.

    `lines` counts them by state; what nobody covers is told as it is, and `then` with all lines.
    """

    id: int
    team_id: int
    first: date
    days: int
    gentle: bool
    seconds: int
    searched: int
    state: str
    lines: dict[str, int]
    minutes_not_covered: int | None
    minutes_not_covered_then: int | None
    sentence: str
    asked_at: datetime
    finished_at: datetime | None

    @staticmethod
    def resolve_lines(row: RosterProposal) -> dict[str, int]:
        return row.line_counts()

    @staticmethod
    def resolve_minutes_not_covered(row: RosterProposal) -> int | None:
        return _minutes(row.bare_before)

    @staticmethod
    def resolve_minutes_not_covered_then(row: RosterProposal) -> int | None:
        return _minutes(row.bare_after)


class RosterProposalLineOut(Schema):
    """A duty that `to_id` is given, of `was_id` or of nobody; or that nobody has any more."""

    id: int
    kind: Literal["staffed", "standby"]
    role: str
    starts: datetime
    ends: datetime
    was_id: int | None
    to_id: int | None
    reason: Literal[
        "gap", "away", "wish", "able", "other", "fair", "rule", "beside", "burden", "turn"
    ]
    state: Literal["open", "accepted", "refused", "stale"]
    sentence: str


class RosterNewsOut(Schema):
    """A duty that one has now (`gained`), or has no more."""

    id: int
    team_id: int
    kind: Literal["staffed", "standby"]
    role: str
    starts: datetime
    ends: datetime
    gained: bool
    by_name: str
    at: datetime


class DutyWishOut(Schema):
    id: int
    day: date
    wanted: WantedName


def _minutes(length: timedelta | None) -> int | None:
    return None if length is None else round(length / timedelta(minutes=1))
