"""Acts that end the work on a ticket: restore, resolve and close it, each by the same panel."""

from urllib.parse import urlencode

from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import form
from opale.run.desk.actions import endings
from opale.run.desk.actions.endings import Ended
from opale.run.desk.acts.subjects import TICKET
from opale.run.desk.forms.endings import ClosureForm, ResolutionForm, TicketRestorationForm
from opale.run.desk.models import Ticket
from opale.run.desk.rights import WORK
from opale.run.desk.states import CLOSE, RESOLVE, RUNNING_STATES

SALT = "desk.undo-ending"
MESSAGE = {"message", "message_format"}
STATED = {"outage", "since", "at", "service", "services", "cause", *MESSAGE}


def undo_of(ticket: Ticket, ended: Ended, *, page: str = "desk_undo_ending") -> str:
    """Return the address that undoes an end, with the signed state before it."""
    message = ended.message.pk if ended.message else None
    state = [ticket.number, ended.ticket.state, dict(ended.before), message]
    was = signing.dumps(state, salt=SALT, compress=True)
    return reverse(page, args=[ticket.number]) + "?" + urlencode({"was": was})


ACTS = (
    form(
        TICKET, endings.restore, "restore_service", WORK, TicketRestorationForm,
        noun="restoration", states=RUNNING_STATES, optional=STATED,
        initial=TicketRestorationForm.initial_of, title=_("Restore service"),
        submit=_("Mark restored"), undo=undo_of, said=_("Service restored."),
    ),
    form(
        TICKET, endings.resolve, "resolve_ticket", WORK, ResolutionForm,
        noun="resolution", move=RESOLVE, optional=STATED - {"cause"},
        initial=ResolutionForm.initial_of, title=_("Resolve"), submit=_("Resolve"),
        undo=undo_of, said=_("Ticket resolved."),
    ),
    form(
        TICKET, endings.close, "close_ticket", WORK, ClosureForm, noun="closure", move=CLOSE,
        optional=MESSAGE, initial=ClosureForm.initial_of, title=_("Close"),
        submit=_("Close"), undo=undo_of, said=_("Ticket closed."),
    ),
)  # fmt: skip
