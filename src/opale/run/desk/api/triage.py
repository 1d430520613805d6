"""Endpoints of a ticket's triage proposals, and of similar running tickets."""

from dataclasses import replace

from django.utils.translation import gettext as _
from ninja import Router, Schema

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.kernel.errors import Invalid
from opale.run.desk import rights
from opale.run.desk.actions import triage
from opale.run.desk.actions.classifications import ClassificationInput
from opale.run.desk.domain.triage import Proposal
from opale.run.desk.models import Grade, Ticket
from opale.run.desk.queries import similar_tickets, tickets
from opale.run.desk.queries import triage as triage_queries
from opale.run.desk.queries.similar_tickets import Similar, TicketDraft
from opale.run.desk.shapes.tickets import TicketOut
from opale.run.desk.shapes.tmf621 import TMF621_STATUS

router = Router()


class ProposedOut(Schema):
    """`value` is an id or a code; `share` is what speaks for it of all that speaks for any."""

    field: str
    value: int | str
    label: str
    share: float
    evidence: list[str]

    @staticmethod
    def of(field: str, proposal: Proposal[object]) -> "ProposedOut":
        value = proposal.value
        return ProposedOut(
            field=field,
            value=value if isinstance(value, int | str) else int(getattr(value, "pk", 0)),
            label=str(value),
            share=round(proposal.share, 3),
            evidence=[evidence.sentence for evidence in proposal.evidence],
        )


class AcceptanceIn(Schema):
    """Impact and urgency as the accepter states them; left out, they are as proposed."""

    impact: Grade | None = None
    urgency: Grade | None = None


class SimilarOut(Schema):
    """`offer`: "merge" into it, or hang below it as a "child"."""

    number: int
    subject: str
    state: str
    why: str
    offer: str

    @staticmethod
    def of(one: Similar) -> "SimilarOut":
        ticket = one.ticket
        return SimilarOut(
            number=ticket.number,
            subject=ticket.subject,
            state=TMF621_STATUS[ticket.state],
            why=one.why,
            offer=one.offer,
        )


@router.get("/tickets/{int:number}/proposals", response=list[ProposedOut], auth=may(rights.WORK))
def list_proposals(request: ActorRequest, number: int) -> list[ProposedOut]:
    """The likeliest services come in their order; what is not proposed is not listed."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    found = triage_queries.proposals_of(ticket, seen_by=request.actor)
    return [ProposedOut.of(field, proposal) for field, proposal in found.listed()]


@router.post(
    "/tickets/{int:number}/proposals/acceptance", response=TicketOut, auth=may(rights.WORK)
)
def accept_proposals(
    request: ActorRequest, number: int, body: AcceptanceIn | None = None
) -> Ticket:
    """Classify the ticket as proposed, with what is sure; what is said already stays. Of an
    incident, impact and urgency have to be stated where nothing proposes them."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    seen = triage_queries.newest_classification(ticket)
    found = triage_queries.proposals_of(ticket, seen_by=request.actor)
    proposed = ClassificationInput.proposed(ticket, found)
    graded = (body or AcceptanceIn()).dict(exclude_none=True)
    unstated = triage_queries.unstated_grades(ticket, found, proposed.kind)
    if missing := [name for name in unstated if name not in graded]:
        raise Invalid(**dict.fromkeys(missing, _("State it: an incident is not graded by itself.")))
    triage.accept_proposals(ticket, replace(proposed, **graded), by=request.actor, seen=seen)
    return tickets.get_ticket(number, seen_by=request.actor)


@router.get("/tickets/{int:number}/similar", response=list[SimilarOut], auth=may(rights.WORK))
def list_similar(request: ActorRequest, number: int) -> list[SimilarOut]:
    """Running tickets that may be the same trouble, the strongest reason first."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return [
        SimilarOut.of(one)
        for one in similar_tickets.similar_to(TicketDraft.of(ticket), seen_by=request.actor)
    ]
