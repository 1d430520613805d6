"""What an employee asks the desk for: a form, a list, and what was said."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import AskedRequest, needs
from opale.kernel.errors import Invalid, NotFound
from opale.organisation.queries import get_person
from opale.run.desk import actions, queries
from opale.run.desk.actions import NewRequest
from opale.run.desk.catalogue import form_of, in_language
from opale.run.desk.models import RequestType, Source, Ticket
from opale.run.desk.rights import REQUEST
from opale.run.desk.states import ENDED_STATES, TicketState
from opale.run.desk.timeline import timeline
from opale.run.desk.web.forms import MessageForm
from opale.run.desk.web.reading import TONES
from opale.run.desk.web.request_form import OwnRequestForm
from opale.ui.keyset import Order, page
from opale.ui.toasts import toast_next

EMPLOYEES = RequestType.Audience.EMPLOYEES
NEWEST_FIRST = Order(("-received_at", "-id"))


@require_GET
@needs(REQUEST)
def mine(request: AskedRequest) -> HttpResponse:
    _refuse_contacts(request)
    found = page(queries.requests_of_employee(request.actor), NEWEST_FIRST, request.GET)
    lines = [(ticket, TONES[TicketState(ticket.state)]) for ticket in found.rows]
    template = "desk/own/_list.html" if request.htmx else "desk/own/list.html"
    topic = f"own.person:{request.actor.person_id}"
    return render(request, template, {"lines": lines, "page": found, "topic": topic})


@require_GET
@needs(REQUEST)
def choose(request: AskedRequest) -> HttpResponse:
    _refuse_contacts(request)
    text = request.GET.get("q", "").strip()
    types = queries.request_types(seen_by=request.actor, text=text, audience=EMPLOYEES)
    context = {"types": queries.recent_first(types), "q": text, "url_name": "desk_own_new"}
    template = "desk/requests/_types.html" if request.htmx else "desk/own/choose.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@needs(REQUEST)
def new(request: AskedRequest, code: str) -> HttpResponse:
    _refuse_contacts(request)
    actor = request.actor
    kind = queries.request_type_coded(code, seen_by=actor)
    more = request.POST.get("more", "")
    form = OwnRequestForm(request.POST or None, asked=form_of(kind.fields), actor=actor, more=more)
    if request.method == "POST" and not more and form.is_valid():
        try:
            ticket = _receive(request, kind, form)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            toast_next(request, _("Sent. The desk looks at it."))
            return redirect("desk_own", ticket.number)
    context = {"form": form, "kind": kind, "title": in_language(kind.name_en, kind.name_fr)}
    template = "desk/own/_new.html" if more else "desk/own/new.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_GET
@needs(REQUEST)
def show(request: AskedRequest, number: int) -> HttpResponse:
    return render(request, "desk/own/show.html", _told(request, number))


@require_GET
@needs(REQUEST)
def talk(request: AskedRequest, number: int) -> HttpResponse:
    """The region of the page that follows what happens."""
    return render(request, "desk/own/_talk.html", _told(request, number))


@require_POST
@needs(REQUEST)
def write(request: AskedRequest, number: int) -> HttpResponse:
    ticket = _own(request, number)
    form = MessageForm(request.POST)
    body = form.cleaned_data["body"] if form.is_valid() else ""
    actions.write_as_requester(ticket, body, by=request.actor)
    if not request.htmx:
        return redirect("desk_own", number)
    return render(request, "desk/own/_talk.html", _told(request, number))


def _refuse_contacts(request: AskedRequest) -> None:
    """These pages are the employees'; a contact asks by the API."""
    if request.actor.person_id is None:
        raise NotFound


def _own(request: AskedRequest, number: int) -> Ticket:
    """A ticket that the asker is the requester of: at the desk one sees others' elsewhere."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    if request.actor.person_id is None or ticket.employee_id != request.actor.person_id:
        raise NotFound
    return ticket


def _told(request: AskedRequest, number: int) -> dict[str, object]:
    ticket = _own(request, number)
    entries, older = timeline(ticket, internal=False)
    answers = []
    if ticket.request_type_id is not None:
        answers = queries.sheet_of(queries.details_of(ticket, seen_by=request.actor))
    return {
        "ticket": ticket,
        "answers": answers,
        "entries": entries,
        "older": older,
        "actor": request.actor,
        "tone": TONES[TicketState(ticket.state)],
        "ended": ticket.state in ENDED_STATES,
    }


def _receive(request: AskedRequest, kind: RequestType, form: OwnRequestForm) -> Ticket:
    actor = request.actor
    if actor.person_id is None:
        raise NotFound
    new_request = NewRequest(
        request_type=kind,
        values=form.values(),
        source=Source.PORTAL,
        employee=get_person(actor.person_id, seen_by=actor),
        body=form.cleaned_data["body"],
    )
    return actions.receive_request(new_request, by=actor)
