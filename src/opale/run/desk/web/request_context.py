"""Contexts of a request's pages: its answers, its route, its history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from opale.customers.models import Contact, Customer
from opale.kernel.actor import Actor
from opale.run.desk.domain.catalogue.answer_text import Answer, readable_answers
from opale.run.desk.domain.catalogue.form_fields import in_language, parse_form
from opale.run.desk.models import Approval, Authority, RequestDetails, RequestType, Route, Ticket
from opale.run.desk.queries import request_answers, requests, tickets
from opale.run.desk.states import ENDED_STATES


@dataclass(frozen=True, slots=True)
class AnswerRevision:
    """One revision of the answers, field by field."""

    at: datetime
    who: str
    reason: str
    changes: list[tuple[str, str, str]]


def sheet_context(ticket: Ticket, actor: Actor) -> dict[str, Any]:
    """Return the context of the answers; empty for a ticket that has none."""
    if ticket.request_type_id is None:
        return {}
    details = requests.details_of(ticket, seen_by=actor)
    approvals = requests.approvals_of(ticket, seen_by=actor)
    return {
        "details": details,
        "name": in_language(details.request_type.name_en, details.request_type.name_fr),
        "because": in_language(details.because_en, details.because_fr),
        "answers": requests.sheet_of(details),
        "approvals": approvals,
        "awaited": next((a for a in approvals if a.state == Approval.State.ASKED), None),
        "may_work": ticket.state not in ENDED_STATES and tickets.may_work_on(ticket, actor),
    }


def route_preview(
    kind: RequestType,
    values: Mapping[str, Any],
    contact: Contact | None,
    customer: Customer | None,
) -> dict[str, Any]:
    """Return where a request would be routed, and which approvals it would need."""
    whose = contact.customer if contact else customer
    routed = request_answers.preview_route(kind, values, whose)
    authority = Authority(kind.authority)
    needed = (
        kind.audience == RequestType.Audience.CUSTOMERS
        and whose is not None
        and not (contact is None and authority == Authority.OPEN)
        and not requests.has_authority(contact, authority)
    )
    return {
        "kind": kind,
        "route": Route(routed.route).label,
        "because": in_language(routed.because_en, routed.because_fr),
        "contact": contact,
        "customer": whose,
        "needed": needed,
        "authority": authority.label,
        "asked": list(requests.contacts_with_authority(authority, whose.pk))
        if needed and whose
        else [],
    }


def request_history(ticket: Ticket, details: RequestDetails) -> list[AnswerRevision]:
    """Return the changes of answers with their authors, newest first."""
    form, told = parse_form(details.fields), []
    for revision in requests.revisions_of_request(ticket):
        values = next((d for d in revision.differences if d.column == "values"), None)
        if values is None:
            continue
        before = {a.name: a for a in readable_answers(form, values.before)}
        after = {a.name: a for a in readable_answers(form, values.after)}
        changes = [
            (field.label(), _read(before.get(field.name)), _read(after.get(field.name)))
            for field in form
            if values.before.get(field.name) != values.after.get(field.name)
        ]
        told.append(AnswerRevision(revision.at, revision.actor_name, revision.reason, changes))
    return told


def _read(answer: Answer | None) -> str:
    if answer is None:
        return ""
    if answer.people:
        return ", ".join(person.get("name", "") for person in answer.people)
    return answer.text


def request_type_history(kind: RequestType) -> list[AnswerRevision]:
    """Return the changes of a request type with their authors, newest first; lists by what changed
    in them."""
    told = []
    for revision in requests.history_of_type(kind):
        changes = [
            (one.label, _listed(one.before), _listed(one.after))
            if one.column in ("fields", "routes")
            else (one.label, str(one.before or ""), str(one.after or ""))
            for one in revision.differences
        ]
        told.append(AnswerRevision(revision.at, revision.actor_name, revision.reason, changes))
    return told


def _listed(records: list[dict[str, Any]]) -> str:
    """Return a type's fields or rules in a line: their labels, or their targets and reasons."""
    return ", ".join(
        in_language(one.get("label_en", one.get("because_en", "")),
                    one.get("label_fr", one.get("because_fr", "")))
        for one in records
    )  # fmt: skip
