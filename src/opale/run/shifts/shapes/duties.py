"""Answers about duties, and who answers for a team."""

from datetime import datetime
from typing import Literal

from ninja import Schema


class DutyOut(Schema):
    id: int
    person_id: int
    team_id: int
    kind: str
    role: str
    starts: datetime
    ends: datetime


class AnswerableOut(Schema):
    person_id: int
    name: str
    standing: Literal["triage", "lead", "manager"]
