"""Shapes of official sentences and running incidents."""

from datetime import datetime
from typing import Any

from ninja import Schema

from opale.run.desk import rights
from opale.run.desk.models import OfficialSentence


class SentenceOut(Schema):
    """`incident_number` and `author` are for the desk alone: the incident may be another's."""

    id: int
    french: str
    english: str
    at: datetime
    next_update_at: datetime | None
    incident_number: int | None
    author: str

    @staticmethod
    def resolve_incident_number(row: OfficialSentence, context: Any) -> int | None:
        return row.ticket.number if context["request"].actor.can(rights.CONSOLE) else None

    @staticmethod
    def resolve_author(row: OfficialSentence, context: Any) -> str:
        return row.author if context["request"].actor.can(rights.CONSOLE) else ""


class IncidentOut(Schema):
    """A running incident, how many further tickets it concerns, and what is said of it."""

    number: int
    subject: str
    priority: int
    customer_id: int | None
    service_id: int | None
    received_at: datetime
    affected: int
    sentence: SentenceOut | None
