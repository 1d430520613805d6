"""Files of a ticket: attaching, taking back, handing out."""

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opale.endpoints.files import handed_out
from opale.endpoints.http import AskedRequest, needs
from opale.kernel.errors import Invalid
from opale.run.desk import actions, queries
from opale.run.desk.models import Ticket
from opale.run.desk.rights import CONSOLE, WORK
from opale.ui.toasts import toast_next


@require_POST
@needs(WORK)
def attach(request: AskedRequest, number: int) -> HttpResponse:
    """Keep the files; by htmx the list of those that wait is drawn anew, with what was refused."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    refused: list[str] = []
    for file in request.FILES.getlist("file"):
        try:
            actions.attach_file(ticket, file.name or "", file.chunks(), by=request.actor)
        except Invalid as refusal:
            refused.extend(f"{file.name}: {said}" for said in refusal.fields.values())
    if request.htmx:
        return _waiting(request, ticket, refused)
    for sentence in refused:
        toast_next(request, sentence)
    return redirect("desk_ticket", number)


@require_POST
@needs(WORK)
def withdraw(request: AskedRequest, number: int, attachment_id: int) -> HttpResponse:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    found = queries.get_attachment(ticket, attachment_id, seen_by=request.actor)
    actions.withdraw_attachment(found, by=request.actor)
    if request.htmx:
        return _waiting(request, ticket, [])
    toast_next(request, _("The file is taken back."))
    return redirect("desk_ticket", number)


@require_GET
@needs(CONSOLE)
def content(request: AskedRequest, number: int, attachment_id: int) -> FileResponse:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    file = queries.get_attachment(ticket, attachment_id, seen_by=request.actor)
    return handed_out(file.key, name=file.name, media_type=file.media_type)


def _waiting(request: AskedRequest, ticket: Ticket, refused: list[str]) -> HttpResponse:
    context = {
        "ticket": ticket,
        "files": queries.waiting_attachments(ticket, seen_by=request.actor),
        "refused": refused,
    }
    return render(request, "desk/attachments/_waiting.html", context)
