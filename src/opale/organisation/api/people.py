"""Endpoints of people: list, rights, logins, and the actor's own data."""

from ninja import Query, Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.listings.endpoints import list_endpoint
from opale.organisation import rights
from opale.organisation.listings import PEOPLE
from opale.organisation.models import Membership, Person
from opale.organisation.queries import access as access_queries
from opale.organisation.queries import people as people_queries
from opale.organisation.shapes import Me, MembershipOut, MenuOut, PersonOut, ReasonOut, RightOut
from opale.ui import navigation

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


@router.get("/me/menu", response=MenuOut, auth=may(rights.EDIT_SELF))
def get_menu(request: ActorRequest) -> MenuOut:
    """Rooms in the menu of one's login, and those behind “More”, by name."""
    shown, more = navigation.rail_entries(request.actor)
    return MenuOut(rooms=[e.url_name for e in shown], more=[e.url_name for e in more])


list_endpoint(
    router,
    "/people",
    PEOPLE,
    PersonOut,
    name="list_people",
    text="People by name; `left` shows those who left too.",
)


@router.get("/people/{int:person_id}", response=PersonOut, auth=may(rights.READ))
def get_person(request: ActorRequest, person_id: int) -> Person:
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
