"""The reply box: its recipients, and the texts that can be inserted."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import Invalid
from opale.kernel.text_limits import LONGEST_TEXT
from opale.kernel.whole_numbers import parse_numbers
from opale.run.desk.actions.messages import addressees_of
from opale.run.desk.models import Ticket, WrittenDraft
from opale.run.desk.queries import official_sentences, text_modules, tickets
from opale.run.desk.queries import recipients as recipient_queries
from opale.run.desk.queries.official_sentences import LocalizedSentence
from opale.run.desk.rights import CONSOLE, WORK
from opale.ui.components.editor import Editor

MOST = 50


@dataclass(slots=True)
class Addressees:
    """The recipients in the form; without them, those that the ticket proposes."""

    to: list[str]
    cc: list[str]
    wrong: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, said: QueryDict, ticket: Ticket) -> "Addressees":
        if not said.get("chosen"):
            due = addressees_of(ticket)
            return cls([*due.to], [*due.cc])
        here = cls(_once(said.getlist("to")), _once(said.getlist("cc")))
        here._add(here.to, said.get("add_to", ""))
        here._add(here.cc, said.get("add_cc", ""))
        kind, _colon, dropped = said.get("drop", "").partition(":")
        for name, emails in (("to", here.to), ("cc", here.cc)):
            if kind == name and dropped in emails:
                emails.remove(dropped)
        return here

    def _add(self, emails: list[str], typed: str) -> None:
        for email in typed.replace(";", ",").split(","):
            address = email.strip().rpartition("<")[2].rstrip(">")
            if not address or address in (*self.to, *self.cc):
                continue
            if _is_address(address) and len(emails) < MOST:
                emails.append(address)
            else:
                self.wrong.append(address)

    def refuse_wrong(self) -> None:
        """Refuse wrong recipients. Errors: Invalid (a wrong address, or none)."""
        bad = [*self.wrong, *(email for email in (*self.to, *self.cc) if not _is_address(email))]
        if bad:
            sentence = _("“%(address)s” is not a valid e-mail address.")
            raise Invalid(to=sentence % {"address": bad[0][:100]})
        if not self.to:
            raise Invalid(to=_("Add a recipient."))


def editor_of(ticket: Ticket, kind: WrittenDraft.Kind) -> Editor:
    """Return where the box of a reply or a note has its preview drawn, and sends its files."""
    internal = kind == WrittenDraft.Kind.INTERNAL
    people_url = reverse("desk_note_people", args=[ticket.number]) if internal else ""
    return Editor(
        topic=ticket.live_topic,
        label="",
        name="body",
        longest=LONGEST_TEXT,
        preview_url=reverse("desk_preview", args=[ticket.number]),
        people_url=people_url,
        files_url=f"{reverse('desk_attach', args=[ticket.number])}?kind={kind}",
    )


@require_GET
@needs(WORK)
def recipients(request: ActorRequest, number: int) -> HttpResponse:
    """Show the recipients as chips: fetched when the page is loaded, and after each change."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return render(request, "desk/writing/_recipients.html", recipients_context(request, ticket))


@require_GET
@needs(CONSOLE)
def voice(request: ActorRequest, number: int) -> HttpResponse:
    """Show who answers the customer in this box: it changes with the owner, while one writes."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    context = {"ticket": ticket, "mine": ticket.owner_id == request.actor.person_id}
    return render(request, "desk/writing/voice.html", context)


def recipients_context(request: ActorRequest, ticket: Ticket) -> dict[str, Any]:
    chosen = Addressees.read(request.GET, ticket)
    everybody = recipient_queries.identify_recipients(ticket, [*chosen.to, *chosen.cc])
    to, cc = everybody[: len(chosen.to)], everybody[len(chosen.to) :]
    said = official_sentences.sentence_of(ticket, ticket.language)
    return {
        "ticket": ticket,
        "to": to,
        "cc": cc,
        "alarming": [person for person in everybody if person.alarming],
        "wrong": chosen.wrong,
        "suggested": recipient_queries.suggested_recipients(ticket),
        "said": said,
        "promise": promised_update_text(said),
    }


@require_GET
@needs(CONSOLE)
def offered(request: ActorRequest, number: int) -> HttpResponse:
    """Show the picker for the typed text: the official sentence, then text modules."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    text = request.GET.get("q", "")[:100]
    internal = request.GET.get("internal")
    language = (get_language() or "fr")[:2] if internal else ticket.language
    said = None if text or internal else official_sentences.sentence_of(ticket, language)
    found = text_modules.offered_modules(
        ticket,
        seen_by=request.actor,
        text=text,
        language=language,
        limit=text_modules.OFFERED - 1 if said else text_modules.OFFERED,
    )
    context = {"said": said, "promise": promised_update_text(said), "offered": found, "typed": text}
    return render(request, "desk/writing/_offered.html", context)


def promised_update_text(said: LocalizedSentence | None) -> str:
    """Return the promised update of a sentence as text for the field beside the reply."""
    if said is None or said.next_update_at is None:
        return ""
    return date_format(localtime(said.next_update_at), "d/m H:i")


def submitted_modules(said: QueryDict) -> list[int]:
    """Return the text modules that went into the message."""
    return parse_numbers(said.get("modules", "").split(","))[:MOST]


def _once(emails: list[str]) -> list[str]:
    return list(dict.fromkeys(email.strip() for email in emails if email.strip()))[:MOST]


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254
