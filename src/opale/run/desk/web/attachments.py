"""Files of a ticket: upload, removal, download."""

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opale.endpoints.files import file_response
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import Invalid
from opale.run.desk.actions import attachments
from opale.run.desk.models import Ticket, WrittenDraft
from opale.run.desk.queries import attachments as attachment_queries
from opale.run.desk.queries import tickets
from opale.run.desk.rights import CONSOLE, REQUEST, WORK
from opale.run.desk.web.notes import waiting_for_edit
from opale.ui.toasts import toast_next


@require_POST
@needs(WORK)
def attach(request: ActorRequest, number: int) -> HttpResponse:
    """Store the files; htmx gets the list of waiting files again, with the refused ones."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    kinds = WrittenDraft.Kind
    kind = kinds.PUBLIC if request.GET.get("kind") == kinds.PUBLIC else kinds.INTERNAL
    refused: list[str] = []
    for file in request.FILES.getlist("file"):
        try:
            attachments.attach_file(
                ticket, file.name or "", file.chunks(), by=request.actor, draft_kind=kind
            )
        except Invalid as refusal:
            refused.extend(f"{file.name}: {said}" for said in refusal.fields.values())
    if request.htmx:
        return _waiting(request, ticket, kind, refused)
    for sentence in refused:
        toast_next(request, sentence)
    return redirect("desk_ticket", number)


@require_POST
@needs(WORK)
def withdraw(request: ActorRequest, number: int, attachment_id: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    found = attachment_queries.get_attachment(ticket, attachment_id, seen_by=request.actor)
    note = found.edited_note
    attachments.withdraw_attachment(found, by=request.actor)
    if note is not None:
        return waiting_for_edit(request, note, [])
    if request.htmx:
        return _waiting(request, ticket, found.draft_kind, [])
    toast_next(request, _("File removed."))
    return redirect("desk_ticket", number)


@require_GET
@needs(CONSOLE, REQUEST)
def content(request: ActorRequest, number: int, attachment_id: int) -> FileResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    file = attachment_queries.get_attachment(ticket, attachment_id, seen_by=request.actor)
    return file_response(file.key, name=file.name, media_type=file.media_type)


def _waiting(request: ActorRequest, ticket: Ticket, kind: str, refused: list[str]) -> HttpResponse:
    context = {
        "ticket": ticket,
        "kind": kind,
        "files": attachment_queries.waiting_attachments(ticket, kind, seen_by=request.actor),
        "refused": refused,
    }
    return render(request, "desk/attachments/_waiting.html", context)
