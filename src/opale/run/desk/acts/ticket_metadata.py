"""Acts on a ticket's tags, watchers, external references and confidentiality."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Answer, Label, Subject, button, remove
from opale.customers.queries.customers import contacts
from opale.endpoints.http import ActorRequest
from opale.kernel.actor import Actor
from opale.run.desk.actions import ticket_metadata
from opale.run.desk.acts.subjects import TICKET, place_of
from opale.run.desk.forms.ticket_metadata import (
    ConfidentialForm,
    FollowForm,
    ReferenceForm,
    TagsForm,
    WatcherForm,
)
from opale.run.desk.models import ExternalReference, Ticket, Watcher
from opale.run.desk.queries import ticket_metadata as ticket_metadata_queries
from opale.run.desk.queries import tickets
from opale.run.desk.rights import WORK
from opale.run.desk.shapes.ticket_metadata import ReferenceOut, WatcherOut
from opale.ui.toasts import toast, toast_next


def get_watcher(watcher_id: int, *, seen_by: Actor, ticket: Ticket) -> Watcher:
    return ticket_metadata_queries.get_watcher(ticket, watcher_id)


def get_reference(reference_id: int, *, seen_by: Actor, ticket: Ticket) -> ExternalReference:
    return ticket_metadata_queries.get_reference(ticket, reference_id)


def marks_region(request: ActorRequest, number: int) -> HttpResponse:
    """Draw the ticket's region of tags, watchers and references."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    watchers = ticket_metadata_queries.watchers_of(ticket)
    context = {
        "ticket": ticket,
        "watchers": watchers,
        "watching": any(w.person_id == request.actor.person_id for w in watchers),
        "references": ticket_metadata_queries.references_of(ticket),
        "offered": ticket_metadata_queries.tags_in_use(seen_by=request.actor),
        "colleagues": _contacts(request, ticket),
        "may_work": tickets.may_work_on(ticket, request.actor),
    }
    return render(request, "desk/marks/_marks.html", context)


def _contacts(request: ActorRequest, ticket: Ticket) -> list[tuple[int, str]]:
    """Return the customer's other contacts, who may be added as watchers."""
    if ticket.customer is None:
        return []
    found = contacts(seen_by=request.actor, customer=ticket.customer)
    rows = found.exclude(pk=ticket.contact_id or 0).order_by("name").values_list("pk", "name")
    return list(rows[:100])


def region_with(said: Label) -> Answer:
    """Return the answer that draws the region again, with a toast."""

    def answer(request: ActorRequest, row: Any, _made: Any) -> HttpResponse | None:
        if not request.htmx:
            return toast_next(request, str(said))
        ticket = row if isinstance(row, Ticket) else row.ticket
        return toast(marks_region(request, ticket.number), str(said))

    return answer


def tell_confidentiality(
    request: ActorRequest, ticket: Ticket, changed: Ticket
) -> HttpResponse | None:
    said = _("Only those who have to do with it see this ticket now.")
    shown = _("All colleagues see this ticket again.")
    return region_with(said if changed.confidential else shown)(request, ticket, changed)


WATCHER = Subject(
    name="watcher", model=Watcher, get=get_watcher, within=TICKET,
    page="watchers/<int:watcher_id>/", endpoint="/tickets/{int:number}/watchers/{int:watcher_id}",
    home=lambda row: place_of(row.ticket),
)  # fmt: skip
REFERENCE = Subject(
    name="reference", model=ExternalReference, get=get_reference, within=TICKET,
    page="references/<int:reference_id>/",
    endpoint="/tickets/{int:number}/references/{int:reference_id}",
    home=lambda row: place_of(row.ticket),
)  # fmt: skip
FOLLOWED = region_with(_("Added to those who follow the ticket."))

ACTS = (
    button(
        TICKET, ticket_metadata.set_tags, "set_tags", WORK, noun="tags", verb="PUT", of=TagsForm,
        answer=region_with(_("Tags kept.")),
    ),
    button(
        TICKET, ticket_metadata.set_confidential, "set_confidential", WORK, noun="confidentiality",
        verb="PUT", of=ConfidentialForm, answer=tell_confidentiality,
    ),
    button(
        TICKET, ticket_metadata.add_watcher, "watch_ticket", WORK, noun="watchers", page=None,
        of=WatcherForm, made=WatcherOut,
        text="Let a colleague follow the ticket, or a contact of its customer get what is written.",
    ),
    button(
        TICKET, ticket_metadata.add_watcher, "follow_ticket", WORK, noun=None, page="watchers",
        of=FollowForm, answer=FOLLOWED,
    ),
    remove(
        WATCHER, ticket_metadata.remove_watcher, "unwatch_ticket", WORK, page="removal",
        label=_("Remove"), answer=region_with(_("Removed from those who follow the ticket.")),
    ),
    button(
        TICKET, ticket_metadata.add_reference, "add_reference", WORK, noun="references",
        of=ReferenceForm, names={"reference": "number"}, made=ReferenceOut,
        answer=region_with(_("The number is kept: the ticket is found by it.")),
    ),
    remove(
        REFERENCE, ticket_metadata.remove_reference, "remove_reference", WORK, page="removal",
        label=_("Remove"), answer=region_with(_("The number is removed.")),
    ),
)  # fmt: skip
