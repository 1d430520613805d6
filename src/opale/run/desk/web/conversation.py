"""The conversation of a ticket: its timeline, and new messages."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import Invalid
from opale.kernel.text_limits import LONGEST_TEXT
from opale.organisation.queries.mentions import people_to_mention
from opale.run.desk.actions import answers, messages, unread_tickets
from opale.run.desk.actions.drafts import SentDraft
from opale.run.desk.forms.clocks import PauseForm
from opale.run.desk.forms.tickets import MessageForm
from opale.run.desk.models import Message, Pause, ProposedAnswer, Ticket, WrittenDraft
from opale.run.desk.queries import attachments, ticket_lists, tickets
from opale.run.desk.queries import links as link_queries
from opale.run.desk.queries.note_readers import readers_of_notes
from opale.run.desk.queries.timeline import NEWEST, TimelineEntry, get_message
from opale.run.desk.queries.timeline import ticket_timeline as entries_of
from opale.run.desk.rights import ASSIST, CONSOLE, REQUEST, WORK
from opale.run.desk.states import WAIT, refusal_of
from opale.run.desk.web.message_recall import RecallState
from opale.run.desk.web.reply_box import Addressees, submitted_modules
from opale.ui.components.editor import drawn_preview
from opale.ui.toasts import toast

MAX_ENTRIES = 5_000


def timeline_context(request: ActorRequest, ticket: Ticket) -> dict[str, Any]:
    """Return the context of the timeline; `?all=1` shows all entries of a long ticket."""
    newest = MAX_ENTRIES if request.GET.get("all") else NEWEST
    internal = request.actor.can(CONSOLE)
    entries, older = entries_of(ticket, newest=newest, internal=internal)
    name_linked_tickets(request, ticket, entries)
    lines = [(entry, entry.shown_to(request.actor)) for entry in entries]
    return {"ticket": ticket, "lines": lines, "older": older, "actor": request.actor}


def name_linked_tickets(
    request: ActorRequest, ticket: Ticket, entries: list[TimelineEntry]
) -> None:
    """Name the other tickets in mail clues, as far as the reader sees them: a confidential ticket
    is not revealed by a mail that named it."""
    links = [entry for entry in entries if entry.kind == "proposed"]
    mails = [entry for entry in entries if "mail" in entry.details]
    named = {clue["number"] for entry in mails for clue in entry.details["mail"].why}
    others = {entry.row.other.number for entry in links} | named - {ticket.number}
    if not others:
        return
    rows = ticket_lists.tickets_of(seen_by=request.actor).filter(number__in=others)
    seen = {ticket.number, *rows.values_list("number", flat=True)}
    for entry in links:
        entry.details["hidden"] = entry.row.other.number not in seen
    for entry in mails:
        why = entry.details["mail"].why
        entry.details["clues"] = [clue for clue in why if clue["number"] in seen]


@require_GET
@needs(CONSOLE)
def timeline(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    if getattr(ticket, "has_news", False):
        unread_tickets.mark_read(ticket, by=request.actor)
    return render(request, "desk/tickets/_timeline.html", timeline_context(request, ticket))


@require_GET
@needs(CONSOLE, REQUEST)
def text(request: ActorRequest, message_id: int) -> HttpResponse:
    """Show the whole text of a message, of which the conversation shows the beginning."""
    found = get_message(message_id, seen_by=request.actor)
    response = HttpResponse(found.body, content_type="text/plain; charset=utf-8")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
@needs(WORK)
def message(request: ActorRequest, number: int) -> HttpResponse:
    ticket = link_queries.get_surviving_ticket(number, seen_by=request.actor)
    form = MessageForm(request.POST)
    if not form.is_valid() and "next_update_at" in form.errors:
        raise Invalid(next_update_at=str(form.errors["next_update_at"][0]))
    said = form.cleaned_data
    to, cc = _addressed(request, ticket)
    wait = _wait(request, ticket)
    back = RecallState.of(ticket, request.POST, waits=wait is not None)
    write = partial(
        answers.answer_customer,
        ticket,
        said.get("body", ""),
        by=request.actor,
        to=to,
        cc=cc,
        modules=submitted_modules(request.POST),
        sitting=_sitting(request),
        next_update_at=said.get("next_update_at"),
        attachments=_waiting(request, ticket, WrittenDraft.Kind.PUBLIC),
        hold=settings.SEND_UNDO,
        text_format=Message.Format.MARKDOWN,
    )
    written = write() if wait is None else answers.send_and_wait(write, by=request.actor, **wait)
    sent = not isinstance(written, ProposedAnswer) or written.state == written.State.SENT
    owner = {"name": ticket.owner.name}
    held = _("%(name)s reviews it before it is sent to the customer.")
    done = _("Sent.") if wait is None else _("Sent; the ticket waits for the customer.")
    sentence = done if sent else held % owner
    undo = back.url(written) if settings.SEND_UNDO and isinstance(written, Message) else ""
    return toast(_answer(request, number, ticket, WrittenDraft.Kind.PUBLIC), sentence, undo=undo)


@require_GET
@needs(WORK)
def waiting(request: ActorRequest, number: int) -> HttpResponse:
    """Show until when a message is waited for, and what moves meanwhile, before it is sent."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    movable = ticket.state in WAIT.sources
    context = {
        "ticket": ticket,
        "form": PauseForm(ticket=ticket),
        "refusal": "" if movable else refusal_of(WAIT.name, ticket.state),
    }
    return render(request, "desk/writing/_wait.html", context)


def _wait(request: ActorRequest, ticket: Ticket) -> dict[str, Any] | None:
    """Return until when the message is waited for, and the consent of a P1; None where it is not.

    Errors: Invalid.
    """
    if not request.POST.get("wait"):
        return None
    said = request.POST.copy()
    said["kind"] = Pause.Kind.CUSTOMER
    form = PauseForm(said, ticket=ticket)
    if not form.is_valid():
        raise Invalid(**{name: str(errors[0]) for name, errors in form.errors.items()})
    return {name: form.cleaned_data[name] for name in ("until", "confirmed")}


@require_POST
@needs(WORK)
def note(request: ActorRequest, number: int) -> HttpResponse:
    ticket = link_queries.get_surviving_ticket(number, seen_by=request.actor)
    form = MessageForm(request.POST)
    body = form.cleaned_data["body"] if form.is_valid() else ""
    messages.write_note(
        ticket,
        body,
        by=request.actor,
        attachments=_waiting(request, ticket, WrittenDraft.Kind.INTERNAL),
        sitting=_sitting(request),
        text_format=Message.Format.MARKDOWN,
    )
    return _answer(request, number, ticket, WrittenDraft.Kind.INTERNAL)


@require_GET
@needs(WORK)
def people(request: ActorRequest, number: int) -> HttpResponse:
    """Offer people to mention in a note, by what was typed of a name."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    typed = request.GET.get("q", "")[:100]
    offered = people_to_mention(typed, readers_of_notes(ticket), seen_by=request.actor)
    return render(request, "ui/_editor_people.html", {"people": offered})


@require_POST
@needs(WORK)
def preview(request: ActorRequest, number: int) -> HttpResponse:
    """Show what a message or a note on the ticket will look like, with the pictures that wait."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    text = request.POST.get("text", "")[:LONGEST_TEXT]
    waiting = attachments.waiting_attachments(ticket, seen_by=request.actor)
    return HttpResponse(drawn_preview(text, attachments.picture_urls(ticket, waiting)))


@require_POST
@needs(WORK, ASSIST)
def note_preview(request: ActorRequest) -> HttpResponse:
    """Show what an internal note will look like."""
    return HttpResponse(drawn_preview(request.POST.get("text", "")[:LONGEST_TEXT]))


def _answer(
    request: ActorRequest, number: int, ticket: Ticket, kind: WrittenDraft.Kind
) -> HttpResponse:
    """Return the timeline with the new message, and the files that still wait for another one; on a
    merged ticket's page, go to the survivor."""
    if ticket.number != number and request.htmx:
        return HttpResponse(headers={"HX-Redirect": reverse("desk_ticket", args=[ticket.number])})
    files = attachments.waiting_attachments(ticket, kind, seen_by=request.actor)
    context = timeline_context(request, ticket) | {"kind": kind, "files": files}
    return render(request, "desk/tickets/_written.html", context)


def _addressed(request: ActorRequest, ticket: Ticket) -> tuple[list[str], list[str] | None]:
    """Return the recipients that the writer chose; none and None where the form left it to the
    ticket."""
    if not request.POST.get("chosen"):
        return [], None
    chosen = Addressees.read(request.POST, ticket)
    chosen.refuse_wrong()
    return chosen.to, chosen.cc


def _sitting(request: ActorRequest) -> SentDraft | None:
    """Return the draft and device that the message ends; None without a script."""
    device, sitting = request.POST.get("device", ""), request.POST.get("sitting", "")
    return SentDraft(device[:40], sitting[:40]) if device and sitting else None


def _waiting(request: ActorRequest, ticket: Ticket, kind: WrittenDraft.Kind) -> list[int]:
    """Return the files that were attached beside the draft, which are sent with it."""
    files = attachments.waiting_attachments(ticket, kind, seen_by=request.actor)
    return [file.pk for file in files]
