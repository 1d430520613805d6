"""The official sentence, in a region of every ticket it concerns; the running incidents."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opale.acts.regions import answered
from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.kernel.errors import Conflict, Invalid
from opale.run.desk.actions import official_sentences
from opale.run.desk.actions.official_sentences import NO_VERSION
from opale.run.desk.acts.official_sentences import region_of_sentence, way_back
from opale.run.desk.forms.official_sentences import SentenceForm
from opale.run.desk.models import Kind, OfficialSentence, Ticket
from opale.run.desk.queries import official_sentences as official_sentence_queries
from opale.run.desk.queries import tickets
from opale.run.desk.rights import CONSOLE, WORK
from opale.run.desk.states import ENDED_STATES
from opale.ui.keyset import Order, page

WORST_FIRST = Order(("priority", "next_due_at", "-premium", "received_at", "id"))


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
    try:
        official_sentences.publish_sentence(ticket, by=request.actor, **form.arguments())
    except Invalid as refusal:
        for name, sentence in (refusal.fields or {"": refusal.sentence}).items():
            form.add_error(name if name in form.fields else None, sentence)
        return _form(request, ticket, form, status=422)
    except Conflict:
        return _form(request, ticket, _over(request, before), theirs=before, status=409)
    undo = way_back(ticket, before)
    drawn = answered(
        request, _("Approved message published."), region=region_of_sentence(ticket), undo=undo
    )
    return drawn or redirect("desk_ticket", number)


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
