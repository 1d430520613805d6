"""The official sentence of an incident, for those who speak of it and those it concerns."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.fields import Moment
from opale.endpoints.http import AskedRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.run.desk import actions, queries, rights
from opale.run.desk.actions.sentences import LONGEST
from opale.run.desk.models import OfficialSentence, Ticket

router = Router()
Sentence = Annotated[str, Field(max_length=LONGEST)]


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


class SentenceIn(Schema):
    """`seen_id` is the version that was read before (0: none): it is said unless another is."""

    french: Sentence
    english: Sentence
    next_update_at: Moment | None = None
    seen_id: int | None = None


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


@router.get("/tickets/{int:number}/sentence", response=SentenceOut, auth=may(rights.READ))
def get_sentence(request: AskedRequest, number: int) -> OfficialSentence:
    """What is said of the incident that the ticket is, or that concerns it; 404 when nothing is."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    return queries.sentence_for(ticket, seen_by=request.actor)


@router.put("/tickets/{int:number}/sentence", response=SentenceOut, auth=may(rights.WORK))
def say_sentence(request: AskedRequest, number: int, body: SentenceIn) -> OfficialSentence:
    """Say it anew, in both languages."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    return actions.say_sentence(
        ticket,
        body.french,
        body.english,
        by=request.actor,
        next_update_at=body.next_update_at,
        seen_id=body.seen_id,
    )


@router.delete("/tickets/{int:number}/sentence", response={204: None}, auth=may(rights.WORK))
def withdraw_sentence(request: AskedRequest, number: int) -> Status[None]:
    """Nothing official is said from now on; what was said before stays on record."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    actions.withdraw_sentence(ticket, by=request.actor)
    return Status(204, None)


@router.get("/tickets/{int:number}/sentences", response=Page[SentenceOut], auth=may(rights.CONSOLE))
def list_sentences(
    request: AskedRequest, number: int, window: Query[Window]
) -> Slice[OfficialSentence]:
    """All that was said of the incident, the newest first; one without text is a withdrawal."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    rows = queries.sentence_versions(ticket, seen_by=request.actor).select_related("ticket")
    return page(rows.order_by(), window, "-id")


@router.get("/desk/incidents", response=Page[IncidentOut], auth=may(rights.CONSOLE))
def list_running_incidents(request: AskedRequest, window: Query[Window]) -> Slice[Ticket]:
    """The incidents whose service is not restored, the oldest received first."""
    rows = queries.running_incidents(seen_by=request.actor)
    found = page(rows.order_by(), window, "received_at", "id")
    said = queries.sentences_for(found.items)
    for ticket in found.items:
        ticket.sentence = said.get(ticket.pk)  # type: ignore[attr-defined]  # read by the shape
    return found
