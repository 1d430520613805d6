"""Requests of the catalogue: recorded as filled in, routed by the rules of their type.

Source: docs/rules/request-catalogue.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from opale.customers.models import Contact, Customer, Service
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove, Invalid, NotAllowed
from opale.kernel.facts import announce
from opale.kernel.isolation import as_application
from opale.organisation.models import Person
from opale.run.desk.actions.approvals import request_approval
from opale.run.desk.actions.assignments import request_team_work
from opale.run.desk.actions.classifications import write_classification
from opale.run.desk.actions.commitments import refresh_commitments
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.actions.ticket_locks import (
    change_ticket,
    lock_ticket,
    record_ticket_moves,
    touch_ticket,
)
from opale.run.desk.domain.catalogue.answer_text import subject_line
from opale.run.desk.domain.catalogue.form_fields import in_language, parse_form
from opale.run.desk.domain.catalogue.routing import decide_route, parse_rules
from opale.run.desk.facts import RequestRouted
from opale.run.desk.models import (
    Approval,
    Authority,
    Override,
    RequestDetails,
    RequestType,
    Route,
    Source,
    Ticket,
)
from opale.run.desk.models.escalation import AskReason
from opale.run.desk.queries.request_answers import RequestAnswers, validate_answers
from opale.run.desk.queries.request_dates import date_of_request
from opale.run.desk.queries.requests import (
    awaited_approval,
    facts_for_rules,
    has_authority,
    route_of,
)
from opale.run.desk.rights import REQUEST, WORK
from opale.run.desk.states import ENDED_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """A new request and its requester: a contact, an employee, or a customer without a named
    contact."""

    request_type: RequestType
    values: Mapping[str, Any] = field(default_factory=dict)
    source: Source
    customer: Customer | None = None
    contact: Contact | None = None
    employee: Person | None = None
    service: Service | None = None
    body: str = ""

    @property
    def asking_customer(self) -> Customer | None:
        named = self.contact or self.service
        return named.customer if named else self.customer


def receive_request(new: NewRequest, *, by: Actor, at: datetime | None = None) -> Ticket:
    """Record a request. Without the authority for it, an approval is asked of those who have it.

    The targets of the type are kept with the ticket, and its team is asked once no approval is
    missing.

    Errors: NotAllowed, Invalid (by field of the form, or `contact`, `employee`, `service`).
    """
    _refuse_strangers(new, by)
    with as_application(), attributed(by):
        _refuse_contradictions(new)
        filled = validate_answers(
            new.request_type, new.values, new.asking_customer, service=new.service
        )
        kind = new.request_type
        language = _language(new)
        ticket = receive_ticket(
            NewTicket(
                subject=subject_line(
                    in_language(kind.name_en, kind.name_fr, language),
                    parse_form(kind.fields),
                    filled.values,
                    language=language,
                ),
                source=new.source,
                body=new.body,
                customer=new.asking_customer,
                contact=new.contact,
                employee=new.employee,
                service=filled.service,
                item=filled.item,
                request_type=kind,
                language=language,
                wanted=lambda ticket: date_of_request(ticket, kind.fields, filled.values),
            ),
            by=by,
            at=at,
        )
        details = _write_details(ticket, kind, filled, by=by)
        authority = Authority(kind.authority)
        if new.employee is None and _lacks(new.contact, authority):
            request_approval(ticket, details, authority, by=by)
        else:
            request_team_work(ticket, kind.team, AskReason.CATALOGUE, by=by)
    return ticket


def revise_request(
    ticket: Ticket, values: Mapping[str, Any], *, by: Actor, reason: str = ""
) -> RequestDetails:
    """Correct the answers of a request, by the form of its day. Its clock follows its date, the
    rules are tried again; a given approval applied to the former answers, and is asked for anew.

    Errors: NotFound, NotAllowed, IllegalMove (an ended ticket), Invalid.
    """
    with attributed(by, reason=reason):
        held = lock_ticket(ticket, by=by)
        details = _details(held, "revise")
        filled = validate_answers(
            details.request_type, values, held.customer, fields=details.fields, service=held.service
        )
        if filled.values == details.values:
            return details
        details.values = filled.values
        details.save(update_fields=["values"])
        _mark(held, "revise", by=by)
        _set_date(held, details, by=by)
        if not details.override:
            _route(held, details, by=by)
        asked = awaited_approval(held)
        given = Approval.objects.filter(ticket=held, state=Approval.State.GRANTED).last()
        if asked or given:
            authority = Authority((asked or given).authority)  # type: ignore[union-attr]  # one of them
            if asked or _lacks(held.contact, authority):
                request_approval(held, details, authority, by=by)
    return details


def reroute_request(ticket: Ticket, route: Route, reason: Override, *, by: Actor) -> RequestDetails:
    """Route a request differently than the rules do, for a chosen reason.

    Back on the route of the rules, it follows them again.
    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with attributed(by, reason=reason):
        held = lock_ticket(ticket, by=by)
        details = _details(held, "route")
        ruled = route_of(details, held.service)
        details.route = route
        details.override = "" if ruled.route == route else reason
        details.because_en, details.because_fr = ruled.because_en, ruled.because_fr
        details.save(update_fields=["route", "override", "because_en", "because_fr"])
        _mark(held, "route", by=by)
        _announce(held, details, by=by)
    return details


def _refuse_strangers(new: NewRequest, by: Actor) -> None:
    """Refuse a request for somebody else, unless the actor works at the desk."""
    if by.can(WORK):
        return
    own = (
        new.contact is not None and new.contact.pk == by.contact_id
        if by.kind == "contact"
        else new.employee is not None and new.employee.pk == by.person_id
    )
    if not by.can(REQUEST) or not own:
        raise NotAllowed


def _refuse_contradictions(new: NewRequest) -> None:
    kind = new.request_type
    if kind.retired_on is not None:
        raise Invalid(request_type=_("No longer offered."))
    if kind.audience == RequestType.Audience.EMPLOYEES:
        if new.employee is None or new.employee.left_on is not None:
            raise Invalid(employee=_("Choose the requester."))
        if new.contact or new.customer or new.service:
            raise Invalid(contact=_("This request type is for employees only."))
        return
    if new.employee is not None:
        raise Invalid(employee=_("This request type is for customers only."))
    if new.asking_customer is None:
        raise Invalid(contact=_("Choose a contact or a customer."))
    if new.contact and new.contact.left_on is not None:
        raise Invalid(contact=_("%(name)s has left the company.") % {"name": new.contact.name})
    if new.customer and new.customer != new.asking_customer:
        raise Invalid(contact=_("This contact belongs to another customer."))
    if new.contact and new.service and new.service.customer_id != new.contact.customer_id:
        raise Invalid(service=_("This service belongs to another customer."))


def _language(new: NewRequest) -> str:
    if new.contact:
        return new.contact.language
    if new.employee:
        login = new.employee.user
        return login.language if login else new.employee.company.language
    return new.asking_customer.language if new.asking_customer else "fr"


def _lacks(contact: Contact | None, authority: Authority) -> bool:
    """Return whether an approval is needed. Reporting needs no known contact."""
    if contact is None and authority == Authority.OPEN:
        return False
    return not has_authority(contact, authority)


def _write_details(
    ticket: Ticket, kind: RequestType, filled: RequestAnswers, *, by: Actor
) -> RequestDetails:
    facts = facts_for_rules(kind, filled.values, filled.service)
    routed = decide_route(parse_rules(kind.routes), facts)
    details = RequestDetails.objects.create(
        ticket=ticket,
        customer_id=ticket.customer_id,
        request_type=kind,
        fields=kind.fields,
        routes=kind.routes,
        values=filled.values,
        route=routed.route,
        because_en=routed.because_en,
        because_fr=routed.because_fr,
    )
    _announce(ticket, details, by=by)
    return details


def _details(held: Ticket, move: str) -> RequestDetails:
    if held.state in ENDED_STATES:
        raise IllegalMove(move, {held.pk: held.state})
    found = (
        RequestDetails.objects.select_for_update(of=("self",))
        .select_related("request_type")
        .filter(ticket=held)
        .first()
    )
    if found is None:
        raise IllegalMove(move, {held.pk: held.state}, _("This ticket has no request form."))
    return found


def _route(held: Ticket, details: RequestDetails, *, by: Actor) -> None:
    before, routed = details.route, route_of(details, held.service)
    details.route = Route(routed.route)
    details.because_en, details.because_fr = routed.because_en, routed.because_fr
    details.save(update_fields=["route", "because_en", "because_fr"])
    if before != details.route:
        _announce(held, details, by=by)


def _set_date(held: Ticket, details: RequestDetails, *, by: Actor) -> None:
    """Move the date of a request, and its clock, as its answers now say."""
    wanted_at = date_of_request(held, details.fields, details.values)
    if wanted_at != held.wanted_at:
        change_ticket(held, wanted_at=wanted_at)
        write_classification(held, by=by, at=clock.now(), reason="")
        refresh_commitments(held)


def _announce(ticket: Ticket, details: RequestDetails, *, by: Actor) -> None:
    announce(
        RequestRouted(
            ticket_id=ticket.pk,
            route=details.route,
            overridden=bool(details.override),
            at=clock.now(),
        ),
        by=by,
    )


def _mark(held: Ticket, move: str, *, by: Actor) -> None:
    """Add a line to the ticket's history without changing its state."""
    record_ticket_moves(move, {held.pk: held.state}, held.state, by=by, at=clock.now())
    touch_ticket(held)
