"""Acts of requests and of the request catalogue."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, form
from opale.kernel.actor import Actor
from opale.run.desk.actions import catalogue, rejections, requests
from opale.run.desk.acts.subjects import TICKET
from opale.run.desk.forms.request_decisions import RejectionForm, RoutingForm
from opale.run.desk.models import Override, RequestType, Route, Ticket
from opale.run.desk.queries import requests as request_queries
from opale.run.desk.rights import ADMINISTER, WORK
from opale.run.desk.shapes.requests import RouteOut
from opale.run.desk.states import REJECT


def get_type(code: str, *, seen_by: Actor) -> RequestType:
    return request_queries.get_request_type(code, seen_by=seen_by, retired=True)


def present_route(ticket: Ticket, by: Actor) -> dict[str, Any]:
    return {"route": request_queries.details_of(ticket, seen_by=by).route}


def reroute_request(ticket: Ticket, route: Route, reason: Override, *, by: Actor) -> RouteOut:
    """Send the request another way than the rules do, and return where it goes and why."""
    details = requests.reroute_request(ticket, route, reason, by=by)
    routed = request_queries.route_of(details, ticket.service)
    return RouteOut.of(routed, route=details.route, override=details.override)


REQUEST_TYPE = Subject(
    name="request_type", model=RequestType, get=get_type, column="code",
    page="request-types/<slug:code>/",
    home=lambda row: (reverse("desk_catalogue_edit", args=[row.code]), row.code),
)  # fmt: skip

ACTS = (
    form(
        TICKET, reroute_request, "reroute_request", WORK, RoutingForm, noun="route",
        gives=RouteOut, initial=present_route, title=_("Change routing"), submit=_("Send"),
    ),
    form(
        TICKET, rejections.reject_ticket, "reject_ticket", WORK, RejectionForm, noun="rejection",
        move=REJECT, title=_("Refuse request"), submit=_("Refuse"), undo="reopen_ticket",
        said=_("Request refused. The requester has been notified."),
        text="Refuse what is asked for, for a reason that the requester is told.",
    ),
    button(
        REQUEST_TYPE, catalogue.retire_type, "retire_request_type", ADMINISTER, noun=None,
        page="retirement", said=_("Archived. Open requests are not affected."),
    ),
    button(
        REQUEST_TYPE, catalogue.reinstate_type, "reinstate_request_type", ADMINISTER, noun=None,
        page="reinstatement", said=_("Unarchived."),
    ),
)  # fmt: skip
