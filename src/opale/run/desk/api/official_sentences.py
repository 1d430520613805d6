"""Endpoints of an incident's official sentence, for its authors and those it concerns."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.fields import Moment
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.run.desk import rights
from opale.run.desk.actions import official_sentences
from opale.run.desk.actions.official_sentences import MAX_SENTENCE_LENGTH
from opale.run.desk.models import OfficialSentence, Ticket
from opale.run.desk.queries import official_sentences as official_sentence_queries
from opale.run.desk.queries import tickets

router = Router()
Sentence = Annotated[str, Field(max_length=MAX_SENTENCE_LENGTH)]


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
def get_sentence(request: ActorRequest, number: int) -> OfficialSentence:
    """What is said of the incident that the ticket is, or that concerns it; 404 when nothing is."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return official_sentence_queries.sentence_for(ticket, seen_by=request.actor)


@router.put("/tickets/{int:number}/sentence", response=SentenceOut, auth=may(rights.WORK))
def say_sentence(request: ActorRequest, number: int, body: SentenceIn) -> OfficialSentence:
    """Say it anew, in both languages."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return official_sentences.publish_sentence(
        ticket,
        body.french,
        body.english,
        by=request.actor,
        next_update_at=body.next_update_at,
        seen_id=body.seen_id,
    )


@router.delete("/tickets/{int:number}/sentence", response={204: None}, auth=may(rights.WORK))
def withdraw_sentence(request: ActorRequest, number: int) -> Status[None]:
    """Nothing official is said from now on; what was said before stays on record."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    official_sentences.withdraw_sentence(ticket, by=request.actor)
    return Status(204, None)


@router.get("/tickets/{int:number}/sentences", response=Page[SentenceOut], auth=may(rights.CONSOLE))
def list_sentences(
    request: ActorRequest, number: int, window: Query[Window]
) -> Slice[OfficialSentence]:
    """All that was said of the incident, the newest first; one without text is a withdrawal."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    rows = official_sentence_queries.sentence_versions(
        ticket, seen_by=request.actor
    ).select_related("ticket")
    return page(rows.order_by(), window, "-id")


@router.get("/desk/incidents", response=Page[IncidentOut], auth=may(rights.CONSOLE))
def list_running_incidents(request: ActorRequest, window: Query[Window]) -> Slice[Ticket]:
    """The incidents whose service is not restored, the oldest received first."""
    rows = official_sentence_queries.running_incidents(seen_by=request.actor)
    found = page(rows.order_by(), window, "received_at", "id")
    said = official_sentence_queries.sentences_for(found.items)
    for ticket in found.items:
        ticket.sentence = said.get(ticket.pk)  # type: ignore[attr-defined]  # read by the shape
    return found
