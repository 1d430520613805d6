"""Shape of a proposed answer."""

from datetime import datetime
from typing import Literal

from ninja import Schema

from opale.run.desk.actions.answers import answer_fingerprint
from opale.run.desk.models import ProposedAnswer


class AnswerOut(Schema):
    id: int
    ticket_id: int
    author_id: int
    body: str
    format: Literal["plain", "markdown"]
    to: list[str]
    cc: list[str]
    next_update_at: datetime | None
    state: str
    mark: str
    proposed_at: datetime
    decided_at: datetime | None
    decided_by_id: int | None
    reason: str
    comment: str
    seen_at: datetime | None
    message_id: int | None

    @staticmethod
    def resolve_mark(row: ProposedAnswer) -> str:
        return answer_fingerprint(row)
