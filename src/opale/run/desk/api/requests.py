"""Endpoints of the request catalogue, of requests, their routes and their approvals."""

from datetime import timedelta
from typing import Any

from ninja import Router
from ninja.responses import Status

from opale.customers.queries.customers import get_contact, get_customer
from opale.customers.queries.services import get_offering, get_service
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import SearchText
from opale.endpoints.preconditions import unless_changed
from opale.kernel.actor import Actor
from opale.organisation.queries.people import get_person
from opale.organisation.queries.teams import get_team
from opale.run.desk import rights
from opale.run.desk.actions import approvals, catalogue, requests
from opale.run.desk.actions.catalogue import RequestTypeInput
from opale.run.desk.actions.requests import NewRequest
from opale.run.desk.models import (
    Approval,
    RequestType,
    Source,
    Ticket,
)
from opale.run.desk.queries import request_answers, tickets
from opale.run.desk.queries import requests as request_queries
from opale.run.desk.shapes.requests import (
    ApprovalOut,
    DecisionIn,
    RequestIn,
    RequestOut,
    RequestTypeChanges,
    RequestTypeIn,
    RequestTypeOut,
    RouteOut,
    TrialIn,
    ValuesIn,
)
from opale.run.desk.shapes.tickets import TicketOut

router = Router()


@router.get("/request-types", response=list[RequestTypeOut], auth=may(rights.READ))
def list_request_types(
    request: ActorRequest, q: SearchText = "", audience: str = "", *, retired: bool = False
) -> list[RequestType]:
    """What the asker may ask for; those asked for last stand first."""
    found = request_queries.request_types(
        seen_by=request.actor, text=q, audience=audience, retired=retired
    )
    return list(found) if request.actor.kind == "contact" else request_queries.recent_first(found)


@router.get("/request-types/{code}", response=RequestTypeOut, auth=may(rights.READ))
def get_request_type(request: ActorRequest, code: str) -> RequestType:
    return request_queries.get_request_type(code, seen_by=request.actor, retired=True)


@router.post("/request-types", response={201: RequestTypeOut}, auth=may(rights.ADMINISTER))
def create_request_type(request: ActorRequest, body: RequestTypeIn) -> Status[RequestType]:
    said = body.dict()
    code = said.pop("code")
    sheet = RequestTypeInput(**_columns(said, request.actor))
    return Status(201, catalogue.create_type(sheet, by=request.actor, code=code))


@router.patch("/request-types/{code}", response=RequestTypeOut, auth=may(rights.ADMINISTER))
def edit_request_type(request: ActorRequest, code: str, body: RequestTypeChanges) -> RequestType:
    """What is not named stays; `fields` and `routes` are given whole."""
    actor = request.actor
    said = body.dict(exclude_unset=True)
    retired = said.pop("retired", None)
    rows = request_queries.request_types(seen_by=actor, retired=True).filter(code=code)
    with unless_changed(request, rows, RequestTypeOut) as kind:
        if said:
            present = {name: getattr(kind, name) for name in RequestTypeInput.__slots__}
            catalogue.edit_type(
                kind, RequestTypeInput(**(present | _columns(said, actor))), by=actor
            )
        if retired is not None:
            (catalogue.retire_type if retired else catalogue.reinstate_type)(kind, by=actor)
    return request_queries.get_request_type(code, seen_by=actor, retired=True)


@router.post("/request-types/{code}/route", response=RouteOut, auth=may(rights.READ))
def try_route(request: ActorRequest, code: str, body: TrialIn) -> RouteOut:
    """Where a request would go, and why, before it is sent; the answers need not be complete."""
    actor = request.actor
    kind = request_queries.get_request_type(code, seen_by=actor)
    service = get_service(body.service_id, seen_by=actor) if body.service_id is not None else None
    customer = _customer_of_trial(body, actor) or (service.customer if service else None)
    return RouteOut.of(request_answers.preview_route(kind, body.values, customer, service=service))


@router.post("/requests", response={201: RequestOut}, auth=may(rights.REQUEST))
def create_request(request: ActorRequest, body: RequestIn) -> Status[dict[str, Any]]:
    """Ask for something of the catalogue, for oneself; at the desk for whoever is named."""
    actor = request.actor
    seen: dict[str, Any] = {"seen_by": actor}
    contact_id, employee_id = body.contact_id, body.employee_id
    if contact_id is None and body.customer_id is None and employee_id is None:
        contact_id, employee_id = actor.contact_id, actor.person_id
    ticket = requests.receive_request(
        NewRequest(
            request_type=request_queries.get_request_type(body.type, **seen),
            values=body.values,
            source=Source.API,
            customer=get_customer(body.customer_id, **seen)
            if body.customer_id is not None
            else None,
            contact=get_contact(contact_id, **seen) if contact_id is not None else None,
            employee=get_person(employee_id, **seen) if employee_id is not None else None,
            service=get_service(body.service_id, **seen) if body.service_id is not None else None,
            body=body.body,
        ),
        by=actor,
    )
    return Status(201, _whole(ticket.number, actor))


@router.get("/tickets/{int:number}/request", response=RequestOut, auth=may(rights.READ))
def get_request(request: ActorRequest, number: int) -> dict[str, Any]:
    return _whole(number, request.actor)


@router.patch("/tickets/{int:number}/request", response=RequestOut, auth=may(rights.WORK))
def revise_request(request: ActorRequest, number: int, body: ValuesIn) -> dict[str, Any]:
    """Put right what was filled in: all of the answers. `If-Match` is that of the request as it
    is read, or of its ticket."""
    actor = request.actor

    def shown(_ticket: Ticket) -> dict[str, Any]:
        whole = _whole(number, actor)
        return RequestOut.model_validate(whole, context={"request": request}).model_dump()

    rows = tickets.tickets_numbered(number, seen_by=actor)
    with unless_changed(request, rows, TicketOut, part=shown) as ticket:
        requests.revise_request(ticket, body.values, by=actor, reason=body.reason)
    return _whole(number, actor)


@router.get("/tickets/{int:number}/route", response=RouteOut, auth=may(rights.CONSOLE))
def explain_route(request: ActorRequest, number: int) -> RouteOut:
    """Where the request goes: each rule tried, each condition with what was found."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    details = request_queries.details_of(ticket, seen_by=request.actor)
    routed = request_queries.route_of(details, ticket.service)
    return RouteOut.of(routed, route=details.route, override=details.override)


@router.get("/tickets/{int:number}/approvals", response=list[ApprovalOut], auth=may(rights.READ))
def list_approvals(request: ActorRequest, number: int) -> list[Approval]:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return request_queries.approvals_of(ticket, seen_by=request.actor)


@router.post(
    "/tickets/{int:number}/approvals/decision",
    response=list[ApprovalOut],
    auth=may(rights.READ),
)
def decide_approval(request: ActorRequest, number: int, body: DecisionIn) -> list[Approval]:
    """Give or refuse the word that is asked; an agent names the contact who said it."""
    actor = request.actor
    ticket = tickets.get_ticket(number, seen_by=actor)
    heard = get_contact(body.contact_id, seen_by=actor) if body.contact_id is not None else None
    approvals.decide_approval(
        ticket,
        granted=body.decision == "granted",
        by=actor,
        heard_from=heard,
        reason=body.reason,
    )
    return request_queries.approvals_of(ticket, seen_by=actor)


def _whole(number: int, actor: Actor) -> dict[str, Any]:
    ticket = tickets.get_ticket(number, seen_by=actor)
    return {
        "ticket": ticket,
        "details": request_queries.details_of(ticket, seen_by=actor),
        "approvals": request_queries.approvals_of(ticket, seen_by=actor),
    }


def _customer_of_trial(body: TrialIn, actor: Actor) -> Any:
    if body.customer_id is not None:
        return get_customer(body.customer_id, seen_by=actor)
    if actor.contact_id:
        return get_contact(actor.contact_id, seen_by=actor).customer
    return None


def _columns(said: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """Return columns with ids replaced by their rows, seconds by durations."""
    found = dict(said)
    if "offering_id" in found:
        pk = found.pop("offering_id")
        found["offering"] = get_offering(pk, seen_by=actor) if pk else None
    if "team_id" in found:
        pk = found.pop("team_id")
        found["team"] = get_team(pk, seen_by=actor) if pk else None
    if "target_seconds" in found:
        seconds = found.pop("target_seconds")
        found["target"] = timedelta(seconds=seconds) if seconds else None
    return found
