"""Classification of tickets: kind, customer, service, impact, urgency, and the resulting
priority."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from opale.customers.models import Contact, Customer, Service, SupportPlanVersion
from opale.customers.queries.plans import PlanInForce, plan_in_force, priority_of
from opale.infrastructure.models import ConfigurationItem
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid
from opale.kernel.facts import announce, announce_all
from opale.organisation.models import Team
from opale.run.desk.actions.assignments import request_team_work
from opale.run.desk.actions.commitments import refresh_all, refresh_commitments
from opale.run.desk.actions.ticket_locks import (
    Refusals,
    change_ticket,
    change_tickets,
    lock_permitted_tickets,
    lock_ticket,
    without_refused,
)
from opale.run.desk.domain.triage import Proposal
from opale.run.desk.facts import TicketClassified
from opale.run.desk.models import (
    Classification,
    Grade,
    Kind,
    Ticket,
)
from opale.run.desk.models.escalation import AskReason
from opale.run.desk.ports import ticket_records
from opale.run.desk.queries.links import tickets_merged_into
from opale.run.desk.queries.triage import Proposals
from opale.run.desk.states import ENDED_STATES

T = TypeVar("T")
MAX_SUBJECT_LENGTH = 300
HIGHEST_PRIORITY = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassificationInput:
    """The complete classification made in triage: omitted values are taken as unknown.

    `stream` is the queue chosen for a ticket that no plan assigns; `team` is asked for work unless
    it has the ticket already, or is the desk itself.
    """

    kind: Kind
    impact: Grade
    urgency: Grade
    customer: Customer | None = None
    contact: Contact | None = None
    service: Service | None = None
    item: ConfigurationItem | None = None
    stream: str = ""
    team: Team | None = None

    @classmethod
    def of(cls, ticket: Ticket) -> "ClassificationInput":
        """Return the present classification, as a base for a change."""
        return cls(
            kind=Kind(ticket.kind),
            impact=Grade(ticket.impact),
            urgency=Grade(ticket.urgency),
            customer=ticket.customer,
            contact=ticket.contact,
            service=ticket.service,
            item=ticket.item,
            stream=ticket.stream,
        )

    @classmethod
    def proposed(cls, ticket: Ticket, found: Proposals) -> "ClassificationInput":
        """Return the classification of a ticket, completed with the proposals of triage. Of a
        stated and a proposed impact or urgency the graver counts: accepting never lowers either."""
        held = cls.of(ticket)
        return cls(
            kind=Kind(found.kind.value) if found.kind else held.kind,
            impact=_graver(held.impact, found.impact),
            urgency=_graver(held.urgency, found.urgency),
            customer=held.customer or _value(found.customer),
            contact=held.contact or _value(found.contact),
            service=held.service or _value(found.service),
            item=held.item or _value(found.item),
            stream=held.stream or _value(found.stream) or "",
            team=_value(found.team),
        )


def classify_ticket(
    ticket: Ticket,
    found: ClassificationInput,
    *,
    by: Actor,
    at: datetime | None = None,
    reason: str = "",
    seen: ClassificationInput | None = None,
) -> Ticket:
    """Classify a ticket anew. Its plan stays that of the day of receipt; its priority follows.

    `seen` is the classification that the author saw: a change since is a conflict.
    Errors: NotFound, NotAllowed, IllegalMove (an ended ticket), Conflict, Invalid.
    """
    with attributed(by, reason=reason):
        held = lock_ticket(ticket, by=by)
        if seen is not None and ClassificationInput.of(held) != seen:
            raise Conflict(_("The ticket has changed in the meantime. Reload and try again."))
        if held.state in ENDED_STATES:
            raise IllegalMove("classify", {held.pk: held.state})
        _refuse_contradictions(found)
        plan = (
            plan_in_force(found.customer, found.service, on=held.received_at.date())
            if found.customer
            else None
        )
        moved_customer = held.customer_id != (found.customer.pk if found.customer else None)
        change_ticket(
            held,
            kind=found.kind,
            customer=found.customer,
            contact=found.contact,
            service=found.service,
            item=found.item,
            impact=found.impact,
            urgency=found.urgency,
            priority=priority_of(plan, found.impact, found.urgency).priority,
            stream=plan.version.stream if plan else found.stream,
            plan_version=plan.version if plan else None,
            premium=plan.premium if plan else False,
            triaged_at=held.triaged_at or (clock.now() if by.at_work else None),
        )
        if moved_customer:
            update_customer_of_records(held)
        write_classification(held, by=by, at=at or clock.now(), reason=reason)
        refresh_commitments(held)
        request_team_work(held, found.team, AskReason.TRIAGE, by=by)
        announce(TicketClassified(ticket_id=held.pk, kind=held.kind, at=at or clock.now()), by=by)
    return held


def reclassify_ticket(
    ticket: Ticket,
    said: Callable[[ClassificationInput], ClassificationInput],
    *,
    by: Actor,
    reason: str = "",
) -> Ticket:
    """Change a part of the classification. `said` derives it from the present one, so that another
    part changed just before is kept.

    Errors: NotFound, NotAllowed, IllegalMove (an ended ticket), Invalid.
    """
    with attributed(by, reason=reason):
        held = lock_ticket(ticket, by=by)
        return classify_ticket(held, said(ClassificationInput.of(held)), by=by, reason=reason)


def raise_to_p1(ticket: Ticket, *, by: Actor, reason: str = "") -> Ticket:
    """Give an incident the highest impact and urgency, and so the first priority.

    Errors: NotFound, NotAllowed, IllegalMove (an ended ticket, no incident, or a P1 already),
    Invalid (its plan has no P1).
    """
    with attributed(by, reason=reason):
        held = lock_ticket(ticket, by=by)
        if held.kind != Kind.INCIDENT or held.priority == HIGHEST_PRIORITY:
            raise IllegalMove("raise_to_p1", {held.pk: held.state})
        graded = replace(ClassificationInput.of(held), impact=Grade.HIGH, urgency=Grade.HIGH)
        raised = classify_ticket(held, graded, by=by, reason=reason)
        if raised.priority != HIGHEST_PRIORITY:
            raise Invalid(_("The plan of this ticket has no P1."))
    return raised


def grade_tickets(
    tickets: Iterable[Ticket],
    *,
    by: Actor,
    impact: Grade | None = None,
    urgency: Grade | None = None,
    reason: str = "",
    refused: Refusals | None = None,
) -> list[Ticket]:
    """Set the impact or urgency of many tickets; return those changed. Each gets the priority of
    its own plan.

    Errors: without `refused` NotFound, NotAllowed, IllegalMove (an ended ticket).
    """

    def refuse(ticket: Ticket) -> None:
        if ticket.state in ENDED_STATES:
            raise IllegalMove("classify", {ticket.pk: ticket.state})

    def facts(ticket: Ticket) -> dict[str, Any]:
        graded = (impact or ticket.impact, urgency or ticket.urgency)
        version = versions.get(ticket.plan_version_id or 0)
        plan = PlanInForce(version, ticket.premium) if version else None
        return {
            "impact": graded[0],
            "urgency": graded[1],
            "priority": priority_of(plan, *graded).priority,
            "triaged_at": ticket.triaged_at or (at if by.at_work else None),
        }

    with attributed(by, reason=reason):
        at = clock.now()
        held = without_refused(
            lock_permitted_tickets(tickets, by=by, refused=refused), refuse, refused
        )
        held = [
            t for t in held if (impact or t.impact, urgency or t.urgency) != (t.impact, t.urgency)
        ]
        rows = SupportPlanVersion.objects.filter(pk__in={t.plan_version_id for t in held})
        versions = {version.pk: version for version in rows.select_related("plan")}
        change_tickets(held, facts)
        Classification.objects.bulk_create(
            classification_of(ticket, by=by, at=at, reason=reason) for ticket in held
        )
        refresh_all(held)
        announce_all([TicketClassified(ticket_id=t.pk, kind=t.kind, at=at) for t in held], by=by)
    return held


def qualify_ticket(ticket: Ticket, kind: Kind, *, by: Actor, reason: str = "") -> Ticket:
    """Qualify a request as an incident, or back. One number for life: the ticket stays the same."""
    return reclassify_ticket(ticket, lambda held: replace(held, kind=kind), by=by, reason=reason)


def rename_ticket(ticket: Ticket, subject: str, *, by: Actor, seen: str | None = None) -> Ticket:
    """Set a better subject for the ticket; the timeline keeps the former.

    `seen` is the subject that its author replaces: a change since is a conflict.
    Errors: NotFound, NotAllowed, IllegalMove (an ended ticket), Conflict, Invalid (none, or too
    long).
    """
    with attributed(by):
        held = lock_ticket(ticket, by=by)
        if seen is not None and held.subject != seen:
            raise Conflict(_("The ticket has changed in the meantime. Reload and try again."))
        if held.state in ENDED_STATES:
            raise IllegalMove("rename", {held.pk: held.state})
        said, former = " ".join(subject.split()), held.subject
        if not said:
            raise Invalid(subject=_("Enter a subject."))
        if len(said) > MAX_SUBJECT_LENGTH:
            raise Invalid(subject=_("The subject can have at most 300 characters."))
        if said != former:
            change_ticket(held, subject=said)
            row = classification_of(held, by=by, at=clock.now(), reason="")
            row.former_subject = former
            row.save(force_insert=True)
    return held


def write_classification(ticket: Ticket, *, by: Actor, at: datetime, reason: str) -> None:
    """Append the classification in force from `at` on, to the record that clocks read."""
    classification_of(ticket, by=by, at=at, reason=reason).save(force_insert=True)


def classification_of(ticket: Ticket, *, by: Actor, at: datetime, reason: str) -> Classification:
    """Return the unsaved classification in force from `at` on."""
    return Classification(
        ticket=ticket,
        customer_id=ticket.customer_id,
        at=at,
        kind=ticket.kind,
        service_id=ticket.service_id,
        item_id=ticket.item_id,
        plan_version_id=ticket.plan_version_id,
        premium=ticket.premium,
        impact=ticket.impact,
        urgency=ticket.urgency,
        priority=ticket.priority,
        wanted_at=ticket.wanted_at,
        reason=reason,
        actor=by.key,
        actor_name=by.name,
    )


def _value(proposal: Proposal[T] | None) -> T | None:
    return proposal.value if proposal else None


def _graver(held: Grade, proposal: Proposal[int] | None) -> Grade:
    return min(held, Grade(proposal.value)) if proposal else held


def _refuse_contradictions(found: ClassificationInput) -> None:
    customer_id = found.customer.pk if found.customer else None
    if found.contact and found.contact.customer_id != customer_id:
        raise Invalid(contact=_("This contact belongs to another customer."))
    if found.service and found.service.customer_id != customer_id:
        raise Invalid(service=_("This service belongs to another customer."))


def update_customer_of_records(ticket: Ticket) -> None:
    """Set the customer of the ticket's records, on which the isolation between customers relies."""
    merged = [one.pk for _survivor, one, _at in tickets_merged_into([ticket.pk])]
    Ticket.objects.filter(pk__in=merged).update(customer_id=ticket.customer_id)
    for record in ticket_records():
        if record.follows_customer:
            record.set_customer([ticket.pk, *merged], ticket.customer_id)
