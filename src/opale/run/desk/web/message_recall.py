"""Recall of an answer that was just sent: its text goes back into the reply box."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.core import signing
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import Conflict
from opale.run.desk.actions import message_recall, pauses
from opale.run.desk.actions.message_recall import CustomerUpdateState
from opale.run.desk.models import Message, Ticket
from opale.run.desk.queries import links
from opale.run.desk.rights import WORK
from opale.run.desk.states import TicketState
from opale.run.desk.web.reply_box import submitted_modules
from opale.ui.toasts import trigger

SALT = "desk.taking-back"


@dataclass(frozen=True, slots=True)
class RecallState:
    """The state that a message does not hold itself: signed, in the address of the undo."""

    before: CustomerUpdateState
    modules: Sequence[int]
    recipients: str
    waits: bool = False
    """Whether the ticket was put on hold with the message."""

    @classmethod
    def of(cls, ticket: Ticket, said: QueryDict, *, waits: bool = False) -> "RecallState":
        """Return the state just before the message is sent."""
        chosen = [(name, one) for name in ("to", "cc") for one in said.getlist(name)]
        recipients = urlencode([("chosen", "1"), *chosen]) if said.get("chosen") else ""
        return cls(CustomerUpdateState.of(ticket), submitted_modules(said), recipients, waits)

    def url(self, message: Message) -> str:
        told = [
            at and at.isoformat() for at in (self.before.customer_told_at, self.before.answered_at)
        ]
        rest = [list(self.modules), self.recipients, self.waits]
        was = signing.dumps([message.pk, *told, *rest], salt=SALT)
        return reverse("desk_message_back", args=[message.pk]) + "?" + urlencode({"was": was})

    @classmethod
    def read(cls, message: Message, was: str) -> "RecallState":
        """Read the signed state. Errors: Conflict (the message can no longer be recalled)."""
        try:
            key, told, answered, modules, recipients, waits = signing.loads(was, salt=SALT)
        except (signing.BadSignature, ValueError):
            key = None
        if key != message.pk:
            raise Conflict(_("This message has already been sent and can no longer be recalled."))
        return cls(
            CustomerUpdateState(_moment(told), _moment(answered)), modules, recipients, waits
        )


@require_POST
@needs(WORK)
def recall(request: ActorRequest, message_id: int) -> HttpResponse:
    message = links.get_message(message_id, seen_by=request.actor)
    back = RecallState.read(message, request.GET.get("was", ""))
    files = message.attachments.exists()
    with transaction.atomic():
        ticket = message_recall.recall_message(message, back.before, by=request.actor)
        if back.waits and ticket.state == TicketState.PENDING:
            pauses.resume_ticket(ticket, by=request.actor)
    recipients = reverse("desk_recipients", args=[ticket.number]) + "?" + back.recipients
    promise = message.next_update_at
    draft = {
        "kind": "public",
        "body": message.body,
        "promise": date_format(localtime(promise), "d/m H:i") if promise else "",
        "modules": list(back.modules),
        "recipients": recipients if back.recipients else "",
        "files": files,
    }
    return trigger(HttpResponse(status=204), "opale:draft", draft)


def _moment(said: str | None) -> datetime | None:
    return parse_datetime(said) if said else None
