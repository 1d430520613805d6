"""The official sentence, in a region of every ticket it concerns; the running incidents."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.kernel.errors import Conflict, Invalid
from opale.run.desk.actions import official_sentences
from opale.run.desk.actions.official_sentences import MAX_SENTENCE_LENGTH, NO_VERSION
from opale.run.desk.models import Kind, OfficialSentence, Ticket
from opale.run.desk.queries import official_sentences as official_sentence_queries
from opale.run.desk.queries import tickets
from opale.run.desk.rights import CONSOLE, WORK
from opale.run.desk.states import ENDED_STATES
from opale.ui.keyset import Order, page
from opale.ui.toasts import toast, toast_next
from opale.ui.typed_dates import WhenField

WORST_FIRST = Order(("priority", "next_due_at", "-premium", "received_at", "id"))


class SentenceForm(forms.Form):
    french = forms.CharField(
        label=gettext_lazy("In French"), widget=forms.Textarea, max_length=MAX_SENTENCE_LENGTH
    )
    english = forms.CharField(
        label=gettext_lazy("In English"), widget=forms.Textarea, max_length=MAX_SENTENCE_LENGTH
    )
    next_update_at = WhenField(label=gettext_lazy("Next update promised"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)


@require_GET
@needs(CONSOLE)
def region(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return render(request, "desk/sentences/_sentence.html", _context(request, ticket))


@require_http_methods(["GET", "POST"])
@needs(WORK)
def saying(request: ActorRequest, number: int) -> HttpResponse:
    """Write the sentence in place. If another was published meanwhile, both texts are shown."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    before = official_sentence_queries.sentence_versions(ticket, seen_by=request.actor).first()
    if request.method == "GET":
        return _form(request, ticket, SentenceForm(initial=_initial(before)))
    form = SentenceForm(request.POST)
    if not form.is_valid():
        return _form(request, ticket, form, status=422)
    said = form.cleaned_data
    try:
        official_sentences.publish_sentence(
            ticket,
            said["french"],
            said["english"],
            by=request.actor,
            next_update_at=said["next_update_at"],
            seen_id=said["seen"],
        )
    except Invalid as refusal:
        for name, sentence in (refusal.fields or {"": refusal.sentence}).items():
            form.add_error(name if name in form.fields else None, sentence)
        return _form(request, ticket, form, status=422)
    except Conflict:
        return _form(request, ticket, _over(request, before), theirs=before, status=409)
    undo = _way_back(ticket, before)
    return _answer(request, number, _("This is what is said now."), undo=undo)


@require_POST
@needs(WORK)
def withdrawal(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    before = official_sentence_queries.sentence_versions(ticket, seen_by=request.actor).first()
    official_sentences.withdraw_sentence(ticket, by=request.actor)
    undo = _way_back(ticket, before) if before and not before.withdrawn else ""
    return _answer(request, number, _("Nothing official is said any more."), undo=undo)


@require_POST
@needs(WORK)
def repetition(request: ActorRequest, number: int, sentence_id: int) -> HttpResponse:
    """Publish an earlier version again: the undo."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    version = official_sentence_queries.get_sentence_version(
        ticket, sentence_id, seen_by=request.actor
    )
    official_sentences.republish_sentence(version, by=request.actor)
    return _answer(request, number, _("This is what is said now."))


@require_GET
@needs(CONSOLE)
def incidents(request: ActorRequest) -> HttpResponse:
    """Show the running incidents, the worst first, each with its official sentence."""
    found = page(
        official_sentence_queries.running_incidents(seen_by=request.actor), WORST_FIRST, request.GET
    )
    said, language = official_sentence_queries.sentences_for(found.rows), get_language() or "fr"
    now = clock.now()
    lines = [
        {
            "ticket": ticket,
            "said": official_sentence_queries.localize_sentence(said[ticket.pk], language)
            if ticket.pk in said
            else None,
            "mine": ticket.owner_id == request.actor.person_id,
        }
        for ticket in found.rows
    ]
    context = {"page": found, "lines": lines, "now": now, "works": request.actor.can(WORK)}
    template = "desk/sentences/_incidents.html" if request.htmx else "desk/sentences/incidents.html"
    return render(request, template, context)


def _context(request: ActorRequest, ticket: Ticket) -> dict[str, Any]:
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


def _initial(before: OfficialSentence | None) -> dict[str, Any]:
    if before is None:
        return {"seen": NO_VERSION}
    return {"seen": before.pk, "french": before.french, "english": before.english}


def _over(request: ActorRequest, theirs: OfficialSentence | None) -> SentenceForm:
    """Return the form with the typed text, based on the newer version that is now shown."""
    typed = request.POST.copy()
    typed["seen"] = str(theirs.pk if theirs else NO_VERSION)
    return SentenceForm(typed)


def _way_back(ticket: Ticket, before: OfficialSentence | None) -> str:
    if before is None or before.withdrawn:
        return reverse("desk_sentence_withdraw", args=[ticket.number])
    return reverse("desk_sentence_repeat", args=[ticket.number, before.pk])


def _form(
    request: ActorRequest,
    ticket: Ticket,
    form: SentenceForm,
    *,
    theirs: OfficialSentence | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"ticket": ticket, "form": form, "theirs": theirs}
    template = "desk/sentences/_write.html" if request.htmx else "desk/sentences/write.html"
    return render(request, template, context, status=status)


def _answer(request: ActorRequest, number: int, said: str, *, undo: str = "") -> HttpResponse:
    if not request.htmx:
        toast_next(request, said, undo=undo)
        return redirect("desk_ticket", number)
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    drawn = render(request, "desk/sentences/_sentence.html", _context(request, ticket))
    return toast(drawn, said, undo=undo)
