"""The request catalogue, the details of requests, and their approvals."""

from typing import Any

from django.db.models import OuterRef, Q, Subquery

from opale.customers.models import Contact, CustomersQuerySet, Service
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.history import Revision, revisions
from opale.run.desk.domain.catalogue.answer_text import Answer, readable_answers
from opale.run.desk.domain.catalogue.form_fields import parse_form
from opale.run.desk.domain.catalogue.routing import RouteDecision, decide_route, parse_rules
from opale.run.desk.models import (
    Approval,
    Authority,
    DeskQuerySet,
    RequestDetails,
    RequestType,
    Ticket,
)
from opale.run.desk.rights import ADMINISTER, CONSOLE, REQUEST


def request_types(
    *, seen_by: Actor, text: str = "", audience: str = "", retired: bool = False
) -> DeskQuerySet[RequestType]:
    """Return the types that the asker may request: all at the desk, else one's own.

    A contact gets the types of what its customer has bought.
    """
    found = _offered_to(seen_by)
    if not retired:
        found = found.filter(retired_on=None)
    if audience:
        found = found.filter(audience=audience)
    for word in text.split():
        found = found.filter(
            Q(name_en__unaccent__icontains=word)
            | Q(name_fr__unaccent__icontains=word)
            | Q(code__icontains=word)
            | Q(description_en__unaccent__icontains=word)
            | Q(description_fr__unaccent__icontains=word)
        )
    return found


def _offered_to(actor: Actor) -> DeskQuerySet[RequestType]:
    types: DeskQuerySet[RequestType] = RequestType.objects.all()
    if actor.can(CONSOLE) or actor.can(ADMINISTER):
        return types
    if actor.kind == "contact":
        services = Service.objects.visible_to(actor).exclude(state=Service.State.TERMINATED)
        return types.filter(
            Q(family="") | Q(family__in=services.values("offering__family")),
            Q(offering=None) | Q(offering__in=services.values("offering")),
            audience=RequestType.Audience.CUSTOMERS,
        )
    if actor.can(REQUEST):
        return types.filter(audience=RequestType.Audience.EMPLOYEES)
    return types.none()


def recent_first(types: DeskQuerySet[RequestType]) -> list[RequestType]:
    """Return the recently requested types first, then the others in the order of the catalogue."""
    newest = RequestDetails.objects.filter(request_type=OuterRef("pk")).order_by("-id")
    asked = dict(types.values_list("pk", Subquery(newest.values("id")[:1])))
    return sorted(types, key=lambda one: -(asked.get(one.pk) or 0))


def get_request_type(code: str, *, seen_by: Actor, retired: bool = False) -> RequestType:
    """Errors: NotFound, hidden and missing alike."""
    found = request_types(seen_by=seen_by, retired=retired).filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def history_of_type(request_type: RequestType) -> list[Revision]:
    return revisions(RequestType, id=request_type.pk)


def details_of(ticket: Ticket, *, seen_by: Actor) -> RequestDetails:
    """Return the details of a request. Errors: NotFound (another kind of ticket, or hidden)."""
    visible = Ticket.objects.visible_to(seen_by).filter(pk=ticket.pk)
    found = RequestDetails.objects.filter(ticket__in=visible).select_related("request_type").first()
    if found is None:
        raise NotFound
    return found


def sheet_of(details: RequestDetails) -> list[Answer]:
    """Return the answers as text, by the form in force on the day of the request."""
    return readable_answers(parse_form(details.fields), details.values)


def approvals_of(ticket: Ticket, *, seen_by: Actor) -> list[Approval]:
    """Return the approvals of a request, in order."""
    visible = Ticket.objects.visible_to(seen_by).filter(pk=ticket.pk)
    return list(Approval.objects.filter(ticket__in=visible).select_related("decided_by"))


def awaited_approval(ticket: Ticket) -> Approval | None:
    """Return the approval that the work on a ticket waits for."""
    return Approval.objects.filter(ticket=ticket, state=Approval.State.ASKED).first()


def contacts_with_authority(authority: str, customer_id: int) -> CustomersQuerySet[Contact]:
    """Return the customer's contacts who hold this authority."""
    held = {f"may_{Authority(authority)}": True}
    return Contact.objects.filter(customer_id=customer_id, left_on=None, **held).order_by("name")


def has_authority(contact: Contact | None, authority: str) -> bool:
    """Return whether a contact is still active and holds the authority."""
    if contact is None or contact.left_on is not None:
        return False
    return bool(getattr(contact, f"may_{Authority(authority)}"))


def facts_for_rules(
    request_type: RequestType, values: dict[str, Any], service: Service | None
) -> dict[str, Any]:
    """Return the facts that a type's rules may test: the answers, and those of the service."""
    facts = dict(values)
    if service is not None:
        facts["service.family"] = service.offering.family
        facts["service.offering"] = service.offering.code
        facts["service.state"] = service.state
    elif request_type.family:
        facts["service.family"] = request_type.family
    return facts


def route_of(details: RequestDetails, service: Service | None) -> RouteDecision:
    """Apply the routing rules of the request's day again, with what is known now."""
    facts = facts_for_rules(details.request_type, details.values, service)
    return decide_route(parse_rules(details.routes), facts)


def requests_of_requester(actor: Actor) -> DeskQuerySet[Ticket]:
    """Return what the asker may follow, the newest first: an employee's own requests, and to a
    contact all tickets of its customer that it may see."""
    if actor.contact_id is not None:
        found: DeskQuerySet[Ticket] = Ticket.objects.visible_to(actor)
    else:
        found = Ticket.objects.filter(employee_id=actor.person_id or 0)
    return found.select_related("contact").order_by("-received_at", "-id")


def revisions_of_request(ticket: Ticket) -> list[Revision]:
    """Return the changes of a request's answers, newest first; the caller checks that the ticket
    may be seen."""
    return revisions(RequestDetails, ticket_id=ticket.pk)
