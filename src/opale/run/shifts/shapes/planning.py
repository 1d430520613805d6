"""Answers about patterns, what is published and wrong in the roster, and offers."""

from datetime import date, datetime
from typing import Literal

from ninja import Schema


class PatternOut(Schema):
    id: int
    team_id: int
    name: str
    kind: str
    role: str
    time_zone: str
    first_day: date
    last_day: date | None
    days: list[list[str]]
    repeats: bool
    layer: int
    within: str
    calendar_id: int | None


class LineOut(Schema):
    id: int
    pattern_id: int
    person_id: int
    offset: int
    since: date
    until: date | None


class PublicationOut(Schema):
    made: int
    refused: list[int]


class TroubleOut(Schema):
    kind: Literal["gap", "double", "away", "rule"]
    starts: datetime
    ends: datetime
    need: str = ""
    person_id: int | None = None
    rule: str = ""
    reference: str = ""


class OfferOut(Schema):
    id: int
    duty_id: int
    offered_by_id: int
    to_id: int | None
    in_return_id: int | None
    state: str
    accepted_by_id: int | None
