"""Acts on the official sentence of an incident."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, form, remove
from opale.endpoints.http import ActorRequest
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.run.desk.actions import official_sentences
from opale.run.desk.acts.subjects import TICKET, place_of
from opale.run.desk.forms.official_sentences import SentenceForm
from opale.run.desk.models import Kind, OfficialSentence, Ticket
from opale.run.desk.queries import official_sentences as official_sentence_queries
from opale.run.desk.queries import tickets
from opale.run.desk.rights import WORK
from opale.run.desk.shapes.official_sentences import SentenceOut
from opale.run.desk.states import ENDED_STATES, RUNNING_STATES
from opale.ui.toasts import toast, toast_next


def get_version(sentence_id: int, *, seen_by: Actor, ticket: Ticket) -> OfficialSentence:
    return official_sentence_queries.get_sentence_version(ticket, sentence_id, seen_by=seen_by)


def sentence_context(request: ActorRequest, ticket: Ticket) -> dict[str, Any]:
    said = official_sentence_queries.sentence_in_force(ticket)
    other = said.ticket if said and said.ticket_id != ticket.pk else None
    incident = ticket if ticket.kind == Kind.INCIDENT and ticket.state not in ENDED_STATES else None
    if said is None and incident is None:
        other = official_sentence_queries.incident_of(ticket)
    may_say = incident is not None and other is None and tickets.may_work_on(ticket, request.actor)
    return {
        "ticket": ticket,
        "said": said,
        "other": other,
        "incident": incident,
        "may_say": may_say,
        "late": bool(said and said.next_update_at and said.next_update_at < clock.now()),
        "own_first": ticket.language,
    }


def way_back(ticket: Ticket, before: OfficialSentence | None) -> str:
    """Return the address that takes back what was said after a version."""
    if before is None or before.withdrawn:
        return reverse("desk_withdraw_sentence", args=[ticket.number])
    return reverse("desk_repeat_sentence", args=[ticket.number, before.pk])


def sentence_answer(
    request: ActorRequest, number: int, said: str, *, undo: str = ""
) -> HttpResponse:
    """Return the region of the sentence, with a toast; without htmx, the ticket's page."""
    if not request.htmx:
        toast_next(request, said, undo=undo)
        return redirect("desk_ticket", number)
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    drawn = render(request, "desk/sentences/_sentence.html", sentence_context(request, ticket))
    return toast(drawn, said, undo=undo)


def tell_withdrawn(
    request: ActorRequest, ticket: Ticket, withdrawal: OfficialSentence | None
) -> HttpResponse:
    """Announce the withdrawal, and offer to publish the former version again."""
    undo = ""
    if withdrawal is not None:
        versions = official_sentence_queries.sentence_versions(ticket, seen_by=request.actor)
        undo = way_back(ticket, versions.filter(pk__lt=withdrawal.pk).first())
    said = gettext("Nothing official is said any more.")
    return sentence_answer(request, ticket.number, said, undo=undo)


def tell_repeated(request: ActorRequest, version: OfficialSentence, _made: object) -> HttpResponse:
    said = gettext("This is what is said now.")
    return sentence_answer(request, version.ticket.number, said)


VERSION = Subject(
    name="version", model=OfficialSentence, get=get_version, within=TICKET, above="ticket",
    page="sentence/versions/<int:sentence_id>/", home=lambda row: place_of(row.ticket),
)  # fmt: skip

ACTS = (
    form(
        TICKET, official_sentences.publish_sentence, "say_sentence", WORK, SentenceForm,
        noun="sentence", page=None, verb="PUT", states=RUNNING_STATES, names={"seen": "seen_id"},
        gives=SentenceOut, text="Say it anew, in both languages; `seen_id` is the version that was"
        " read before (0: none): it is said unless another is.",
    ),
    remove(
        TICKET, official_sentences.withdraw_sentence, "withdraw_sentence", WORK, noun="sentence",
        page="sentence/withdrawal", states=RUNNING_STATES, label=_("Withdraw"),
        answer=tell_withdrawn,
        text="Nothing official is said from now on; what was said before stays on record.",
    ),
    button(
        VERSION, official_sentences.republish_sentence, "repeat_sentence", WORK, noun=None, page="",
        answer=tell_repeated,
    ),
)  # fmt: skip
