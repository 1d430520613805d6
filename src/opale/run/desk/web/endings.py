"""The end of a ticket on its page: the message that follows the stated times, and the undo."""

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opale.acts.regions import answered
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import Conflict
from opale.run.desk.actions import endings
from opale.run.desk.actions.endings import Outage
from opale.run.desk.acts.endings import SALT
from opale.run.desk.acts.subjects import head_of
from opale.run.desk.forms.endings import ResolutionForm
from opale.run.desk.queries import endings as ending_queries
from opale.run.desk.queries import tickets
from opale.run.desk.rights import WORK


@require_GET
@needs(WORK)
def message(request: ActorRequest, number: int) -> HttpResponse:
    """Return the field of the message with the times that are stated now; nothing where its text
    was edited, or nothing changes it."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    said = ResolutionForm(request.GET, by=request.actor, ticket=ticket)
    said.is_valid()
    times = said.cleaned_data
    typed = _plain(request.GET.get("message", ""))
    drafted = _plain(request.GET.get("drafted", ""))
    if typed != drafted or times.get("at") is None:
        return HttpResponse(status=204)
    text = ending_queries.proposed_message(
        ticket,
        ending_queries.occasion_of(ticket, closing=False),
        by=request.actor,
        restored_at=times["at"],
        outage_from=times.get("since") if times.get("outage") == Outage.DOWN else None,
    )
    if _plain(text) == drafted:
        return HttpResponse(status=204)
    drawn = ResolutionForm(initial={"message": text}, by=request.actor, ticket=ticket)
    return HttpResponse(str(drawn["message"]))


@require_POST
@needs(WORK)
def undo(request: ActorRequest, number: int) -> HttpResponse:
    """Undo a restoration, a resolution or a closure that was just made on the page."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    try:
        named, ended, before, message_id = signing.loads(request.GET.get("was", ""), salt=SALT)
    except (signing.BadSignature, ValueError):
        named = None
    if named != number:
        raise Conflict(_("This cannot be undone."))
    recalled = endings.undo_ending(ticket, before, message_id, ended=ended, by=request.actor)
    said = _("Undone.") if recalled else _("Undone; the message had already been sent.")
    shown = answered(request, said, region=head_of(ticket))
    return shown or redirect(reverse("desk_ticket", args=[number]))


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
