"""Acts of calls: call back, dismiss, put on a ticket; and one's own lines."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, form, place
from opale.customers.queries.customers import get_contact
from opale.endpoints.http import ActorRequest
from opale.kernel.actor import Actor
from opale.kernel.whole_numbers import parse_number
from opale.run.telephone.actions import lines, missed_calls, numbers, tickets
from opale.run.telephone.forms import DismissalForm, LinesForm, NumberForm, TicketForm
from opale.run.telephone.models import Call
from opale.run.telephone.queries import calls, people
from opale.run.telephone.rights import WORK
from opale.run.telephone.shapes import CallOut
from opale.ui.toasts import toast, toast_next

place_of_calls = place("telephone_calls", _("Calls"))


def known_lines(_none: object, by: Actor) -> dict[str, Any]:
    return {"names": "\n".join(people.lines_of(by))}


def tell_number(request: ActorRequest, call: Call, former: str) -> HttpResponse | None:
    """Announce by which number the contact is known, and by which no more."""
    contact = get_contact(parse_number(request.POST.get("contact")) or 0, seen_by=request.actor)
    said = {"name": contact.name, "number": call.shown_number, "former": former}
    sentence = (
        gettext("Number of %(name)s changed from %(former)s to %(number)s.")
        if former
        else gettext("%(number)s saved for %(name)s.")
    )
    if request.htmx:
        return toast(HttpResponse(), sentence % said)
    toast_next(request, sentence % said)
    return None


LINES: Subject[Any] = Subject(name="lines", page="calls/lines/", home=place_of_calls)
CALL = Subject(
    name="call", model=Call, get=calls.get_call, shape=CallOut, page="calls/<int:call_id>/",
    endpoint="/calls/{int:call_id}",
    home=lambda call: (reverse("telephone_call", args=[call.pk]), _("Call")),
)  # fmt: skip

ACTS = (
    form(
        LINES, lines.set_lines, "set_lines", WORK, LinesForm, noun=None, page="",
        initial=known_lines, home=place("telephone_calls"),
        title=_("My phone"), submit=_("Save"),
        said=_("Phone saved. Calls you answer now open automatically."),
    ),
    form(
        CALL, tickets.link_call_to_ticket, "put_call_on_ticket", WORK, TicketForm, noun="ticket",
        page=None, text="The call was about this ticket: it stands on it with its length.",
    ),
    button(
        CALL, numbers.save_number, "save_number", WORK, noun=None, page="number", of=NumberForm,
        answer=tell_number,
    ),
    button(
        CALL, missed_calls.call_back, "call_back", WORK, noun="calling-back",
        label=_("Call back"), icon="phone", key="b", opens=True,
        text="Say that one calls back: others see who does.",
    ),
    button(
        CALL, missed_calls.dismiss_call, "dismiss_call", WORK, noun="dismissal", of=DismissalForm,
        said=_("Call dismissed."), undo="reopen_missed_call", home=place_of_calls,
        text="Nobody has to call back, for this reason.",
    ),
    button(
        CALL, missed_calls.reopen_missed_call, "reopen_missed_call", WORK, noun=None,
        page="dismissal/withdrawal", said=_("Call put back on the list."),
        home=place_of_calls,
    ),
)  # fmt: skip
