"""Endpoints of people: list, rights, logins, and the actor's own data."""

from typing import Any

from ninja import Query, Router
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.endpoints.references import resolve_reference
from opale.kernel.actor import Actor
from opale.listings.endpoints import list_endpoint
from opale.organisation import rights
from opale.organisation.actions import access, people
from opale.organisation.listings import PEOPLE
from opale.organisation.models import Membership, Person
from opale.organisation.queries import access as access_queries
from opale.organisation.queries import people as people_queries
from opale.organisation.queries import reference
from opale.organisation.shapes import (
    Day,
    Me,
    MembershipOut,
    NewPerson,
    PersonChanges,
    PersonOut,
    ReasonOut,
    RightOut,
)

router = Router()


@router.get("/me", response=Me, auth=may(""))
def get_me(request: ActorRequest) -> Me:
    """Who is asking, and with which rights: what a program checks first."""
    actor = request.actor
    return Me(
        key=actor.key,
        kind=actor.kind,
        name=actor.name,
        person_id=actor.person_id,
        contact_id=actor.contact_id,
        rights=sorted(actor.grants),
    )


list_endpoint(
    router,
    "/people",
    PEOPLE,
    PersonOut,
    name="list_people",
    text="People by name; `left` shows those who left too.",
)


@router.post("/people", response={201: PersonOut}, auth=may(rights.EDIT))
def create_person(request: ActorRequest, body: NewPerson) -> Status[Person]:
    person = people.create_person(by=request.actor, **_fields(body.dict(), request.actor))
    return Status(201, person)


@router.get("/people/{int:person_id}", response=PersonOut, auth=may(rights.READ))
def get_person(request: ActorRequest, person_id: int) -> Person:
    return people_queries.get_person(person_id, seen_by=request.actor)


@router.patch("/people/{int:person_id}", response=PersonOut, auth=may(rights.EDIT_SELF))
def edit_person(request: ActorRequest, person_id: int, body: PersonChanges) -> Person:
    """Everybody may change `phone`, `languages` and `time_zone` of himself."""
    rows = people_queries.people(seen_by=request.actor, left=True).filter(pk=person_id)
    with unless_changed(request, rows, PersonOut) as person:
        fields = _fields(body.dict(exclude_unset=True), request.actor)
        people.edit_person(person, by=request.actor, **fields)
    return people_queries.get_person(person_id, seen_by=request.actor)


@router.post("/people/{int:person_id}/departure", response=PersonOut, auth=may(rights.EDIT))
def leave(request: ActorRequest, person_id: int, body: Day) -> Person:
    person = people_queries.get_person(person_id, seen_by=request.actor)
    people.end_employment(person, by=request.actor, on=body.on)
    return people_queries.get_person(person_id, seen_by=request.actor)


@router.get(
    "/people/{int:person_id}/memberships", response=Page[MembershipOut], auth=may(rights.READ)
)
def list_person_memberships(
    request: ActorRequest, person_id: int, window: Query[Window]
) -> Slice[Membership]:
    """The teams of a person over time."""
    person = people_queries.get_person(person_id, seen_by=request.actor)
    found = people_queries.memberships_of(person, seen_by=request.actor).select_related("person")
    return page(found, window, "-id")


@router.get("/people/{int:person_id}/rights", response=list[RightOut], auth=may(rights.READ))
def list_rights(request: ActorRequest, person_id: int) -> list[RightOut]:
    """What a person may do, and by which functions."""
    person = people_queries.get_person(person_id, seen_by=request.actor)
    return [
        RightOut(
            right=held.right,
            label=held.label,
            everything=held.scope.everything,
            because=[ReasonOut(function=f, teams=teams) for f, teams in held.because],
        )
        for held in access_queries.granted_rights(person)
    ]


@router.post(
    "/people/{int:person_id}/invitation", response={202: PersonOut}, auth=may(rights.ADMINISTER)
)
def invite(request: ActorRequest, person_id: int) -> Status[Person]:
    """Give a login, or open it again, and mail the way in."""
    person = people_queries.get_person(person_id, seen_by=request.actor)
    access.invite(person, by=request.actor)
    return Status(202, people_queries.get_person(person_id, seen_by=request.actor))


@router.delete("/people/{int:person_id}/access", response={204: None}, auth=may(rights.ADMINISTER))
def close_access(request: ActorRequest, person_id: int) -> Status[None]:
    """End the login with its sessions and tokens."""
    person = people_queries.get_person(person_id, seen_by=request.actor)
    access.close_access(person, by=request.actor)
    return Status(204, None)


def _fields(fields: dict[str, Any], by: Actor) -> dict[str, Any]:
    """Return the fields with rows for ids; null is ignored except for the calendar."""
    given = {name: value for name, value in fields.items() if value is not None}
    if company_id := given.pop("company_id", None):
        given["company"] = resolve_reference(
            reference.get_company, company_id, field="company_id", seen_by=by
        )
    if calendar_id := given.pop("calendar_id", None):
        given["calendar"] = resolve_reference(
            reference.get_calendar, calendar_id, field="calendar_id", seen_by=by
        )
    elif "calendar_id" in fields:
        given["calendar"] = None
    return given
