"""Pages of one incoming mail, with its findings, and of its original."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.states import moves_of
from opale.messaging import rights
from opale.messaging.domain.mail_parser import headers
from opale.messaging.listings.incoming_mails import outcome_tone
from opale.messaging.models import IncomingMail
from opale.messaging.queries import incoming, visible_mails
from opale.messaging.states import IncomingState

HEAD_BYTES = 100_000
HEAD_FIELDS = 200


@require_GET
@needs(rights.READ)
def show(request: ActorRequest, inbound_id: int) -> HttpResponse:
    mail = incoming.get_incoming_mail(inbound_id, seen_by=request.actor)
    (told,) = visible_mails.visible_mails([mail], seen_by=request.actor)
    opens = incoming.may_open_original(told, request.actor)
    copies = incoming.copies_of(mail, seen_by=request.actor).order_by("-received_at", "-id")[:10]
    context = {
        "mail": mail,
        "told": told,
        "tone": outcome_tone(mail),
        "reason": _(mail.reason) if mail.reason else "",
        "opens": opens,
        "head": _head(mail) if opens else [],
        "copies": [
            (one, outcome_tone(one.mail))
            for one in visible_mails.visible_mails(copies, seen_by=request.actor)
        ],
        "moves": moves_of(IncomingMail, mail.pk),
        "may_replay": incoming.may_replay(request.actor),
        "is_stuck": mail.state == IncomingState.QUARANTINED,
        "back": "mail_in_quarantine" if mail.state == IncomingState.QUARANTINED else "mail_in",
    }
    template = "messaging/in/_mail.html" if request.htmx else "messaging/in/mail.html"
    return render(request, template, context)


@require_GET
@needs(rights.READ)
def original(request: ActorRequest, inbound_id: int) -> HttpResponse:
    """Return the raw mail as a download: the browser neither runs nor shows any of it."""
    mail = incoming.get_incoming_mail(inbound_id, seen_by=request.actor)
    return original_file(mail, incoming.original_of(mail, seen_by=request.actor))


def original_file(mail: IncomingMail, raw: bytes) -> HttpResponse:
    response = HttpResponse(raw, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="mail-{mail.pk}.eml"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _head(mail: IncomingMail) -> list[tuple[str, str]]:
    """Return the headers by the linear-time parser: the mail may be a hostile one."""
    raw = incoming.raw_of(mail)
    charset = headers.declared_charset(raw)
    head = headers.split_head(raw)[0][:HEAD_BYTES]
    found = headers.parse_fields(head)[:HEAD_FIELDS]
    return [(name, headers.decode_header(value[:2000], charset)) for name, value in found]
