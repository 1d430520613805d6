"""Pages of whoever asks the desk, employees and contacts: what they asked, forms, conversation."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.customers.queries.customers import get_contact
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.attribution import attributed_whole
from opale.kernel.errors import Invalid, NotFound
from opale.kernel.isolation import as_application
from opale.organisation.queries.people import get_person
from opale.run.desk.actions import requester_messages, requests
from opale.run.desk.actions.requester_messages import Upload
from opale.run.desk.actions.requests import NewRequest
from opale.run.desk.domain.catalogue.form_fields import in_language, parse_form
from opale.run.desk.forms.requests import OwnRequestForm
from opale.run.desk.forms.tickets import MessageForm, ProblemForm
from opale.run.desk.listings.tickets import TONES
from opale.run.desk.models import Kind, RequestType, Source, Ticket
from opale.run.desk.queries import requests as request_queries
from opale.run.desk.queries import tickets
from opale.run.desk.queries.clocks import promised_end
from opale.run.desk.queries.spam import is_marked_as_spam
from opale.run.desk.queries.ticket_fields import values_for_requester
from opale.run.desk.queries.timeline import ticket_timeline
from opale.run.desk.rights import REQUEST
from opale.run.desk.states import ENDED_STATES, TicketState
from opale.ui.forms import submit_form
from opale.ui.keyset import Order, page
from opale.ui.toasts import toast_next

NEWEST_FIRST = Order(("-received_at", "-id"))


@require_GET
@needs(REQUEST)
def mine(request: ActorRequest) -> HttpResponse:
    _refuse_nobody(request)
    found = page(request_queries.requests_of_requester(request.actor), NEWEST_FIRST, request.GET)
    lines = [(ticket, TONES[TicketState(ticket.state)]) for ticket in found.rows]
    topic = " ".join(ticket.live_topic for ticket in found.rows)
    if request.actor.person_id is not None:
        topic = f"own.person:{request.actor.person_id}"
    template = "desk/own/_list.html" if request.htmx else "desk/own/list.html"
    return render(request, template, {"lines": lines, "page": found, "topic": topic})


@require_GET
@needs(REQUEST)
def choose(request: ActorRequest) -> HttpResponse:
    _refuse_nobody(request)
    text = request.GET.get("q", "").strip()
    types = request_queries.request_types(
        seen_by=request.actor, text=text, audience=_audience(request)
    )
    context = {"types": request_queries.recent_first(types), "q": text, "url_name": "desk_own_new"}
    template = "desk/requests/_types.html" if request.htmx else "desk/own/choose.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@needs(REQUEST)
def new(request: ActorRequest, code: str) -> HttpResponse:
    _refuse_nobody(request)
    actor = request.actor
    kind = request_queries.get_request_type(code, seen_by=actor)
    more = request.POST.get("more", "")
    form = OwnRequestForm(request.POST or None, asked=parse_form(kind.fields), by=actor, more=more)
    if request.method == "POST" and not more and form.is_valid():
        try:
            ticket = _receive(request, kind, form)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            toast_next(request, _("Request sent to the service desk."))
            return redirect("desk_own", ticket.number)
    context = {"form": form, "kind": kind, "title": in_language(kind.name_en, kind.name_fr)}
    template = "desk/own/_new.html" if more else "desk/own/new.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs(REQUEST)
def problem(request: ActorRequest) -> HttpResponse:
    """Report that something does not work."""
    _refuse_nobody(request)
    form = ProblemForm(request.POST or None, by=request.actor)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        made: list[Ticket] = []

        def report() -> None:
            made.append(
                requester_messages.report_trouble(
                    said["subject"],
                    body=said["body"],
                    kind=Kind.INCIDENT,
                    service=said.get("service"),
                    source=Source.PORTAL,
                    files=_uploads(request),
                    by=request.actor,
                )
            )

        if submit_form(form, report):
            toast_next(request, _("Problem reported to the service desk."))
            return redirect("desk_own", made[0].number)
    status = 422 if form.errors else 200
    return render(request, "desk/own/problem.html", {"form": form}, status=status)


@require_GET
@needs(REQUEST)
def show(request: ActorRequest, number: int) -> HttpResponse:
    return render(request, "desk/own/show.html", _told(request, number))


@require_GET
@needs(REQUEST)
def talk(request: ActorRequest, number: int) -> HttpResponse:
    """Show the conversation, a region that refreshes by itself."""
    return render(request, "desk/own/_talk.html", _told(request, number))


@require_POST
@needs(REQUEST)
def write(request: ActorRequest, number: int) -> HttpResponse:
    ticket = _own(request, number)
    form = MessageForm(request.POST)
    body = form.cleaned_data["body"] if form.is_valid() else ""
    if uploads := _uploads(request):
        requester_messages.write_with_files(ticket, body, uploads, by=request.actor)
    else:
        requester_messages.write_as_requester(ticket, body, by=request.actor)
    if not request.htmx:
        return redirect("desk_own", number)
    return render(request, "desk/own/_talk.html", _told(request, number))


def _uploads(request: ActorRequest) -> list[Upload]:
    return [Upload(one.name or "", one.chunks()) for one in request.FILES.getlist("files")]


def _audience(request: ActorRequest) -> str:
    is_contact = request.actor.contact_id is not None
    return RequestType.Audience.CUSTOMERS if is_contact else RequestType.Audience.EMPLOYEES


def _refuse_nobody(request: ActorRequest) -> None:
    if request.actor.person_id is None and request.actor.contact_id is None:
        raise NotFound


def _own(request: ActorRequest, number: int) -> Ticket:
    """Return a ticket that the asker follows: the desk shows those of others elsewhere."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    actor = request.actor
    if actor.contact_id is None and (
        actor.person_id is None or ticket.employee_id != actor.person_id
    ):
        raise NotFound
    return ticket


def _told(request: ActorRequest, number: int) -> dict[str, object]:
    ticket = _own(request, number)
    with as_application():  # the ticket has been looked up for its reader
        entries, older = ticket_timeline(ticket, internal=False)
    answers = values_for_requester(ticket)
    if ticket.request_type_id is not None:
        details = request_queries.details_of(ticket, seen_by=request.actor)
        answers = [*request_queries.sheet_of(details), *answers]
    is_contact = request.actor.contact_id is not None
    return {
        "ticket": ticket,
        "answers": answers,
        "entries": entries,
        "older": older,
        "actor": request.actor,
        "tone": TONES[TicketState(ticket.state)],
        "ended": ticket.state in ENDED_STATES,
        "outcome": "" if is_marked_as_spam(ticket) else ticket.cause,
        "promised_end": promised_end(ticket),
        "topic": ticket.live_topic if is_contact else f"own.person:{ticket.employee_id}",
    }


def _receive(request: ActorRequest, kind: RequestType, form: OwnRequestForm) -> Ticket:
    """Record a request with its files: both, or neither."""
    actor, body = request.actor, form.cleaned_data["body"]
    uploads = _uploads(request)
    new_request = NewRequest(
        request_type=kind,
        values=form.values(),
        source=Source.PORTAL,
        employee=get_person(actor.person_id, seen_by=actor) if actor.person_id else None,
        contact=get_contact(actor.contact_id, seen_by=actor) if actor.contact_id else None,
        body="" if uploads else body,
    )
    with as_application(), attributed_whole(actor):
        ticket = requests.receive_request(new_request, by=actor)
        if uploads:
            requester_messages.write_with_files(ticket, body, uploads, by=actor)
    return ticket
