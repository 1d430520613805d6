"""Endpoints of the notices that customers receive, by plan, customer and contact."""

from typing import Annotated

from ninja import Router, Schema
from pydantic import Field

from opale.customers.queries.customers import get_contact, get_customer
from opale.customers.queries.services import get_plan_by_code
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.preconditions import unless_resource_changed
from opale.kernel.errors import NotAllowed
from opale.kernel.isolation import as_application
from opale.run.desk.actions import notices
from opale.run.desk.domain.notices import NOTICE_TYPES
from opale.run.desk.queries import notices as notice_queries
from opale.run.desk.queries.notices import Subject, stated_choice
from opale.run.desk.rights import ADMINISTER, CONSOLE

router = Router()
READ_CUSTOMERS, EDIT_CONTACTS = "customers.read", "customers.edit_contacts"

SAID = Field(description="True: sent, false: not sent, null: as the next above says")


class ChoicesOut(Schema):
    """`chosen` is what was said here; null leaves it to the customer, the plan, or what is shipped.
    `language` is that of the notices of a contact, empty for its own."""

    chosen: Annotated[dict[str, bool | None], SAID]
    language: str


class ChoicesIn(Schema):
    """What is not named stays as it is."""

    chosen: Annotated[dict[str, bool | None], SAID] = {}
    language: str | None = None


@router.get("/support-plans/{str:code}/notices", response=ChoicesOut, auth=may(ADMINISTER))
def get_plan_notices(request: ActorRequest, code: str) -> ChoicesOut:
    return _shown(get_plan_by_code(code, seen_by=request.actor))


@router.patch("/support-plans/{str:code}/notices", response=ChoicesOut, auth=may(ADMINISTER))
def choose_plan_notices(request: ActorRequest, code: str, body: ChoicesIn) -> ChoicesOut:
    return _chosen(request, get_plan_by_code(code, seen_by=request.actor), body)


@router.get("/customers/{int:customer_id}/notices", response=ChoicesOut, auth=may(CONSOLE))
def get_customer_notices(request: ActorRequest, customer_id: int) -> ChoicesOut:
    return _shown(get_customer(customer_id, seen_by=request.actor))


@router.patch("/customers/{int:customer_id}/notices", response=ChoicesOut, auth=may(EDIT_CONTACTS))
def choose_customer_notices(request: ActorRequest, customer_id: int, body: ChoicesIn) -> ChoicesOut:
    return _chosen(request, get_customer(customer_id, seen_by=request.actor), body)


@router.get("/contacts/{int:contact_id}/notices", response=ChoicesOut, auth=may(READ_CUSTOMERS))
def get_contact_notices(request: ActorRequest, contact_id: int) -> ChoicesOut:
    """One's own, or for who works at the desk, those of any contact."""
    contact = get_contact(contact_id, seen_by=request.actor)
    if not (request.actor.can(CONSOLE) or request.actor.contact_id == contact.pk):
        raise NotAllowed
    with as_application():
        return _shown(contact)


@router.patch("/contacts/{int:contact_id}/notices", response=ChoicesOut, auth=may(READ_CUSTOMERS))
def choose_contact_notices(request: ActorRequest, contact_id: int, body: ChoicesIn) -> ChoicesOut:
    contact = get_contact(contact_id, seen_by=request.actor)
    with as_application():
        return _chosen(request, contact, body)


def _chosen(request: ActorRequest, subject: Subject, body: ChoicesIn) -> ChoicesOut:
    named = f"desk.notices:{subject._meta.label}.{subject.pk}"
    with unless_resource_changed(request, named, lambda: _shown(subject)):
        notices.set_notice_choices(subject, body.chosen, by=request.actor, language=body.language)
    return _shown(subject)


def _shown(subject: Subject) -> ChoicesOut:
    row = notice_queries.notice_choice_of(subject)
    said = {choice.name: stated_choice(row, choice.name) for choice in NOTICE_TYPES}
    return ChoicesOut(chosen=said, language=row.language)
