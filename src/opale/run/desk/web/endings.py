"""The end of a ticket on its page: the message that follows the stated times, and the undo."""

from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opale.acts.regions import answered
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import Conflict
from opale.run.desk.actions import endings, spam
from opale.run.desk.actions.endings import Outage
from opale.run.desk.acts.endings import SALT
from opale.run.desk.acts.subjects import head_of
from opale.run.desk.forms.endings import ResolutionForm
from opale.run.desk.models import Ticket
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
    ended, before, message_id = _state_before(request, number)
    recalled = endings.undo_ending(ticket, before, message_id, ended=ended, by=request.actor)
    said = _("Undone.") if recalled else _("Undone; the message had already been sent.")
    return _undone(request, ticket, said)


@require_POST
@needs(WORK)
def undo_spam(request: ActorRequest, number: int) -> HttpResponse:
    """Undo that a ticket was just marked as spam on the page."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    _ended, before, _message_id = _state_before(request, number)
    if spam.undo_spam(ticket, by=request.actor, before=before):
        said = _("Undone; the sender is no longer blocked.")
    else:
        said = _("Undone; the sender's domain is still blocked.")
    return _undone(request, ticket, said)


def _state_before(request: ActorRequest, number: int) -> tuple[str, Mapping[str, Any], int | None]:
    """Return the state in which the ticket was ended, the one before, and the message's key.

    Errors: Conflict (not signed for this ticket).
    """
    try:
        named, ended, before, message_id = signing.loads(request.GET.get("was", ""), salt=SALT)
    except (signing.BadSignature, ValueError):
        named = None
    if named != number:
        raise Conflict(_("This cannot be undone."))
    return ended, before, message_id


def _undone(request: ActorRequest, ticket: Ticket, said: str) -> HttpResponse:
    shown = answered(request, said, region=head_of(ticket))
    return shown or redirect(reverse("desk_ticket", args=[ticket.number]))


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
