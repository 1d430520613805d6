"""Mail on tickets: originals, participants, proposed links, and settings of mailboxes."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.run.desk.actions import participants
from opale.run.desk.domain.incoming_mail.safe_html import with_remote_pictures
from opale.run.desk.queries import incoming_mail, tickets
from opale.run.desk.rights import ADMINISTER, CONSOLE, WORK
from opale.run.desk.templatetags.desk_mail import laid_out
from opale.ui.toasts import toast_next

ALONE = (
    "default-src 'none'; style-src 'self'; img-src 'self' data: https: http:; base-uri 'none';"
    " frame-ancestors 'self'; sandbox allow-same-origin allow-popups"
)
"""The policy of a mail shown by itself: no scripts, no forms, and the same origin only to load its
own pictures."""


@require_GET
@needs(CONSOLE)
def original(request: ActorRequest, message_id: int) -> HttpResponse:
    """Download the mail as received."""
    row = incoming_mail.get_received_mail(message_id, seen_by=request.actor)
    response = HttpResponse(incoming_mail.raw_mail_of(row), content_type="application/octet-stream")
    name = f"{row.message.ticket.reference}-{message_id}.eml"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_GET
@needs(CONSOLE)
@xframe_options_sameorigin
def formatted(request: ActorRequest, message_id: int) -> HttpResponse:
    """Show the formatted mail in a page of its own that loads remote pictures."""
    row = incoming_mail.get_received_mail(message_id, seen_by=request.actor)
    html = with_remote_pictures(incoming_mail.html_of(row))
    context = {"html": laid_out(html, row.message), "row": row}
    response = render(request, "desk/mail/alone.html", context)
    response.headers["Content-Security-Policy"] = ALONE
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_GET
@needs(CONSOLE)
def pictures(request: ActorRequest, message_id: int) -> HttpResponse:
    """Show the mail again in place, with the remote pictures that the reader asked for."""
    row = incoming_mail.get_received_mail(message_id, seen_by=request.actor)
    return render(request, "desk/mail/_alone.html", {"row": row})


@require_POST
@needs(WORK)
def refusal(request: ActorRequest, number: int) -> HttpResponse:
    """Refuse the proposed link; with `?again=1`, propose it again."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    if request.GET.get("again"):
        participants.reopen_proposed_link(ticket, by=request.actor)
        return _back(request, number, _("Suggestion restored."))
    participants.refuse_proposed_link(ticket, by=request.actor)
    undo = f"{reverse('desk_proposed_refusal', args=[number])}?again=1"
    return _back(request, number, _("The tickets stay separate."), undo=undo)


@require_GET
@needs(ADMINISTER)
def mailboxes(request: ActorRequest) -> HttpResponse:
    """Show the desk's settings of each mailbox, below the list of mailboxes."""
    context = {"mailboxes": incoming_mail.mailboxes(seen_by=request.actor)}
    return render(request, "desk/mail/_mailboxes.html", context)


@require_GET
@needs(ADMINISTER)
def mailbox(request: ActorRequest, mailbox_id: int) -> HttpResponse:
    """Show the desk's settings on the page of one mailbox."""
    box = incoming_mail.get_mailbox(mailbox_id, seen_by=request.actor)
    return render(request, "desk/mail/_mailbox.html", {"rules": incoming_mail.rules_of(box)})


@require_GET
@needs(CONSOLE)
def breakers(request: ActorRequest) -> HttpResponse:
    """Show present and recent breakers on the page "Mail health"."""
    return render(request, "desk/mail/_breakers.html", {"breakers": incoming_mail.breakers()})


def _back(request: ActorRequest, number: int, said: str, *, undo: str = "") -> HttpResponse:
    toast_next(request, said, undo=undo)
    where = reverse("desk_ticket", args=[number])
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": where})
    return redirect(where)
