"""Endpoints of an incident's official sentence, for its authors and those it concerns."""

from ninja import Query, Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.run.desk import rights
from opale.run.desk.models import OfficialSentence, Ticket
from opale.run.desk.queries import official_sentences as official_sentence_queries
from opale.run.desk.queries import tickets
from opale.run.desk.shapes.official_sentences import IncidentOut, SentenceOut

router = Router()


@router.get("/tickets/{int:number}/sentence", response=SentenceOut, auth=may(rights.READ))
def get_sentence(request: ActorRequest, number: int) -> OfficialSentence:
    """What is said of the incident that the ticket is, or that concerns it; 404 when nothing is."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return official_sentence_queries.sentence_for(ticket, seen_by=request.actor)


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
