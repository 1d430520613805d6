"""Pages of incoming mail: the list, one mail with its findings, and the quarantine."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.actor import Actor
from opale.kernel.states import moves_of
from opale.messaging import rights
from opale.messaging.domain.mail_parser import headers
from opale.messaging.models import IncomingMail
from opale.messaging.queries import incoming, visible_mails
from opale.messaging.states import IncomingState, Outcome
from opale.ui.components.lists import Tab, chips_of
from opale.ui.keyset import Order, page

NEWEST_FIRST = Order(("-received_at", "-id"))
OLDEST_FIRST = Order(("received_at", "id"))
O = Outcome  # noqa: E741
TONES = {
    O.TICKET: "new",
    O.REPLY: "active",
    O.PARTICIPANT: "active",
    O.PROPOSED: "new",
    O.BOUNCE: "waiting",
    O.QUARANTINED: "bad",
}
FILTERS = [choice for choice in Outcome.choices if choice[0] != O.QUARANTINED]
"""All outcomes but quarantine, which has a list of its own."""
HEAD_BYTES = 100_000
HEAD_FIELDS = 200


@require_GET
@needs(rights.READ)
def listing(request: ActorRequest) -> HttpResponse:
    asked = request.GET
    outcome = asked.get("outcome", "") if asked.get("outcome", "") in Outcome.values else ""
    text = asked.get("q", "").strip()[:600]
    rows = incoming.incoming_mails(
        seen_by=request.actor, outcome=outcome, mailbox=asked.get("mailbox", ""), text=text
    )
    found = page(rows, NEWEST_FIRST, asked)
    boxes = [(box.address, box.address) for box in incoming.mailboxes(seen_by=request.actor)[:20]]
    context = {
        "tabs": tabs("mail_in", request.actor),
        "page": found,
        "lines": lines(found.rows, request.actor),
        "text": text,
        "outcome": outcome,
        "outcomes": chips_of(asked, "outcome", FILTERS),
        "mailboxes": chips_of(asked, "mailbox", boxes) if len(boxes) > 1 else [],
        "is_filtered": bool(text or outcome or asked.get("mailbox", "")),
    }
    template = "messaging/in/_list.html" if request.htmx else "messaging/in/list.html"
    return render(request, template, context)


@require_GET
@needs(rights.READ)
def quarantine(request: ActorRequest) -> HttpResponse:
    found = page(incoming.quarantined(request.actor), OLDEST_FIRST, request.GET)
    context = {
        "tabs": tabs("mail_in_quarantine", request.actor),
        "page": found,
        "lines": lines(found.rows, request.actor),
        "may_replay": incoming.may_replay(request.actor),
    }
    template = "messaging/in/_quarantine.html" if request.htmx else "messaging/in/quarantine.html"
    return render(request, template, context)


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
        "tone": TONES.get(Outcome(mail.outcome), "closed") if mail.outcome else "waiting",
        "reason": _(mail.reason) if mail.reason else "",
        "opens": opens,
        "head": _head(mail) if opens else [],
        "copies": lines(list(copies), request.actor),
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


def tabs(here: str, actor: Actor) -> list[Tab]:
    stuck = incoming.quarantined(actor)[:100].count()
    places = (
        ("mail_in", _("Incoming mail"), None),
        ("mail_in_quarantine", _("Quarantine"), stuck or None),
        ("mail_in_mailboxes", _("Mailboxes"), None),
        ("mail_in_health", _("Mail health"), None),
    )
    return [Tab(label, reverse(name), name == here, count) for name, label, count in places]


def lines(
    mails: list[IncomingMail], actor: Actor
) -> list[tuple[visible_mails.VisibleMail[IncomingMail], str]]:
    return [
        (told, TONES.get(Outcome(told.mail.outcome), "closed") if told.mail.outcome else "waiting")
        for told in visible_mails.visible_mails(mails, seen_by=actor)
    ]


def original_file(mail: IncomingMail, raw: bytes) -> HttpResponse:
    response = HttpResponse(raw, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="mail-{mail.pk}.eml"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _head(mail: IncomingMail) -> list[tuple[str, str]]:
    """Return the headers by the linear-time parser: the mail may be a hostile one."""
    head = headers.split_head(incoming.raw_of(mail))[0][:HEAD_BYTES]
    found = headers.parse_fields(head)[:HEAD_FIELDS]
    return [(name, headers.decode_header(value[:2000])) for name, value in found]
