"""What is proposed for a ticket and why, and which running tickets are like it."""

from ninja import Router, Schema

from opale.endpoints.auth import may
from opale.endpoints.http import AskedRequest
from opale.run.desk import actions, queries, rights
from opale.run.desk.actions import Findings
from opale.run.desk.api.shapes import TicketOut
from opale.run.desk.api.tmf import STATUS
from opale.run.desk.models import Ticket
from opale.run.desk.queries import Draft, Similar
from opale.run.desk.triage import Proposal

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
            state=STATUS[ticket.state],
            why=one.why,
            offer=one.offer,
        )


@router.get("/tickets/{int:number}/proposals", response=list[ProposedOut], auth=may(rights.WORK))
def list_proposals(request: AskedRequest, number: int) -> list[ProposedOut]:
    """The likeliest services come in their order; what is not proposed is not listed."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    found = queries.proposals_of(ticket, seen_by=request.actor)
    return [ProposedOut.of(field, proposal) for field, proposal in found.listed()]


@router.post(
    "/tickets/{int:number}/proposals/acceptance", response=TicketOut, auth=may(rights.WORK)
)
def accept_proposals(request: AskedRequest, number: int) -> Ticket:
    """Classify the ticket as proposed, with what is sure; what is said already stays."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    seen = queries.newest_classification(ticket)
    found = queries.proposals_of(ticket, seen_by=request.actor)
    actions.accept_proposals(ticket, Findings.proposed(ticket, found), by=request.actor, seen=seen)
    return queries.get_ticket(number, seen_by=request.actor)


@router.get("/tickets/{int:number}/similar", response=list[SimilarOut], auth=may(rights.WORK))
def list_similar(request: AskedRequest, number: int) -> list[SimilarOut]:
    """Running tickets that may be the same trouble, the strongest reason first."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    return [
        SimilarOut.of(one) for one in queries.similar_to(Draft.of(ticket), seen_by=request.actor)
    ]
