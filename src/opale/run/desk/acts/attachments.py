"""Act on files of a ticket that wait for a message."""

from opale.acts.declarations import Subject, remove
from opale.kernel.actor import Actor
from opale.run.desk.actions import attachments
from opale.run.desk.acts.subjects import TICKET, place_of
from opale.run.desk.models import Attachment, Ticket
from opale.run.desk.queries import attachments as queries
from opale.run.desk.rights import REQUEST, WORK


def get_attachment(attachment_id: int, *, seen_by: Actor, ticket: Ticket) -> Attachment:
    """Return a file of the ticket: of a requester, one that the requester attached."""
    get = queries.get_attachment if seen_by.can(WORK) else queries.get_own_attachment
    return get(ticket, attachment_id, seen_by=seen_by)


ATTACHMENT = Subject(
    name="attachment", model=Attachment, get=get_attachment, within=TICKET,
    page="attachments/<int:attachment_id>/",
    endpoint="/tickets/{int:number}/attachments/{int:attachment_id}",
    home=lambda file: place_of(file.ticket),
)  # fmt: skip

ACTS = (
    remove(
        ATTACHMENT, attachments.withdraw_attachment, "withdraw_attachment", WORK, page=None,
        others=(REQUEST,), label="",
        text="Take back a file that no message has taken yet: whoever attached it, and nobody"
        " else.",
    ),
)  # fmt: skip
