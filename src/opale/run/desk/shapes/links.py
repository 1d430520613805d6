"""Shape of a link between two tickets."""

from ninja import Schema

from opale.run.desk.queries.links import DirectedLink
from opale.run.desk.shapes.tmf621 import TMF621_STATUS


class LinkOut(Schema):
    """`outward`: the ticket addressed is `kind` the other; otherwise the other way round. `state`
    is that of the other one, a word of TMF621."""

    id: int
    kind: str
    outward: bool
    number: int
    state: str
    subject: str

    @staticmethod
    def of(tie: DirectedLink) -> "LinkOut":
        return LinkOut(
            id=tie.link.pk,
            kind=tie.link.kind,
            outward=tie.outward,
            number=tie.ticket.number,
            state=TMF621_STATUS[tie.ticket.state],
            subject=tie.ticket.subject,
        )
