"""Acts of links between tickets, of alerts, and the undo of merges and splits."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, form, remove
from opale.acts.regions import answered
from opale.endpoints.http import ActorRequest
from opale.kernel.actor import Actor
from opale.kernel.whole_numbers import parse_number
from opale.run.desk.actions import alerts, links, merges, splits
from opale.run.desk.acts.subjects import TICKET, place_of
from opale.run.desk.forms.links import AlertForm, LinkByNumberForm, LinkForm
from opale.run.desk.models import Merge, MessageMove, Ticket, TicketAlert, TicketLink
from opale.run.desk.queries import links as link_queries
from opale.run.desk.rights import WORK
from opale.run.desk.shapes.links import LinkOut
from opale.run.desk.shapes.tickets import TicketOut
from opale.run.desk.states import CANCEL
from opale.run.events.models import Alert
from opale.run.events.queries.alerts import get_alert

LINK = Subject(
    name="link", model=TicketLink, get=link_queries.get_link, page="links/<int:link_id>/",
    endpoint="/links/{int:link_id}", home=lambda link: place_of(link.ticket),
)  # fmt: skip
MERGE = Subject(
    name="merge", model=Merge, get=link_queries.get_merge, page="merges/<int:merge_id>/",
    endpoint="/merges/{int:merge_id}", home=lambda merge: place_of(merge.into),
)  # fmt: skip
MOVE = Subject(
    name="message_move", model=MessageMove, get=link_queries.get_message_move,
    page="message-moves/<int:move_id>/", endpoint="/message-moves/{int:move_id}",
    home=lambda move: place_of(move.origin),
)  # fmt: skip
ATTACHED = Subject(
    name="attached", model=TicketAlert, get=link_queries.get_attached, column="alert_id",
    within=TICKET, page="alerts/<int:alert_id>/",
    endpoint="/tickets/{int:number}/alerts/{int:alert_id}",
    home=lambda attached: place_of(attached.ticket),
    region=lambda attached: reverse("desk_links", args=[attached.ticket.number]),
)  # fmt: skip
ALERT = Subject(
    name="alert", model=Alert, get=get_alert, page="alerts/<int:alert_id>/",
    endpoint="/alerts/{int:alert_id}",
    home=lambda alert: (reverse("events_alert", args=[alert.pk]), alert.title),
)  # fmt: skip


def link(ticket: Ticket, *, by: Actor, kind: TicketLink.Kind, other: Ticket) -> LinkOut:
    """Link the ticket to another, which it is `kind`."""
    made = links.link_tickets(ticket, kind, other, by=by)
    return LinkOut.of(link_queries.DirectedLink(made, other, True))


def detach(attached: TicketAlert, *, by: Actor) -> None:
    """Detach an alert from a ticket; it may be attached elsewhere."""
    alerts.detach_alert(attached.ticket, attached.alert, by=by)


def tell_unlinked(request: ActorRequest, link: TicketLink, _made: Any) -> HttpResponse:
    """Return the links of the ticket from which the link was taken away."""
    number = parse_number(request.POST.get("from")) or link.ticket.number
    region = reverse("desk_links", args=[number]) if request.htmx else ""
    said = gettext("Link removed.") if request.htmx else ""
    return answered(request, said, region=region) or redirect("desk_ticket", number)


ACTS = (
    form(
        TICKET, link, "link_tickets", WORK, LinkByNumberForm, noun="links", page=None, made=LinkOut,
    ),
    form(
        TICKET, links.link_tickets, "link_tickets_page", WORK, LinkForm, noun=None,
        page="links/new", url="link_tickets", title=_("Link to a ticket"),
        submit=_("Add link"), previews=False, said=_("Link added."),
    ),
    remove(
        LINK, links.unlink_tickets, "unlink_tickets", WORK, page="removal",
        label=_("Remove link"), answer=tell_unlinked,
    ),
    button(
        MERGE, merges.undo_merge, "undo_merge", WORK, noun="undo", page=None, gives=TicketOut,
        text="Within 14 days. Answers with the ticket that has its number again.",
    ),
    button(
        MOVE, splits.undo_message_move, "undo_message_move", WORK, noun="undo", page="undoing",
        gives=TicketOut, said=_("Message moved back."),
        success_url=lambda _move, ticket: place_of(ticket)[0],
    ),
    button(
        TICKET, splits.undo_split, "undo_split", WORK, noun="split/undo", page="splitting/undoing",
        states=CANCEL.sources, gives=TicketOut,
        said=_("Split undone; the messages are back."),
        success_url=lambda _ticket, origin: place_of(origin)[0],
        text="Within 14 days. Answers with the ticket that has its messages again.",
    ),
    button(
        ALERT, alerts.open_incident, "open_incident", WORK, noun="incident", page=None,
        made=TICKET,
        text="Qualify an alert as an incident; one alert has one running incident at most. "
        "Impact and urgency follow from its severity and from who is hit.",
    ),
    remove(
        ATTACHED, detach, "detach_alert", WORK, page="removal", label=_("Detach alert"),
        said=_("Alert detached from the ticket."),
    ),
    form(
        TICKET, alerts.attach_alert, "attach_alert", WORK, AlertForm, noun="alerts", page=None,
    ),
)  # fmt: skip
