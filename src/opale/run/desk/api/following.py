"""How often one hears of the tickets one follows, by the API: one's own choice."""

from typing import Annotated, Literal

from ninja import Router, Schema
from pydantic import Field

from opale.customers.models import Contact
from opale.customers.queries import get_contact
from opale.endpoints.auth import may
from opale.endpoints.http import AskedRequest
from opale.endpoints.preconditions import unless_shown_otherwise
from opale.kernel.errors import NotFound
from opale.kernel.isolation import as_house
from opale.organisation.models import Person
from opale.organisation.queries import get_person
from opale.run.desk import actions, queries, rights
from opale.run.desk.models import Following

router = Router()

Pace = Annotated[
    Literal["at_once", "hourly", "daily", "off"],
    Field(description="at_once is, for a contact, a copy of each answer; the others are digests"),
]


class FollowingOut(Schema):
    pace: str
    hour: int = Field(description="Of the daily digest, in one's own time zone")


class FollowingIn(Schema):
    pace: Pace | None = None
    hour: Annotated[int | None, Field(ge=0, le=23)] = None


@router.get("/following", response=FollowingOut, auth=may(rights.READ))
def get_following(request: AskedRequest) -> Following:
    who = _asker(request)
    with as_house():
        return queries.following_of(who)


@router.patch("/following", response=FollowingOut, auth=may(rights.READ))
def choose_following(request: AskedRequest, body: FollowingIn) -> Following:
    who = _asker(request)

    def shown() -> FollowingOut:
        return FollowingOut.from_orm(queries.following_of(who))

    with (
        as_house(),
        unless_shown_otherwise(request, f"desk.following:{who._meta.label}.{who.pk}", shown),
    ):
        return actions.follow_at(who, by=request.actor, pace=body.pace, hour=body.hour)


def _asker(request: AskedRequest) -> Person | Contact:
    actor = request.actor
    if actor.person_id is not None:
        return get_person(actor.person_id, seen_by=actor)
    if actor.contact_id is not None:
        return get_contact(actor.contact_id, seen_by=actor)
    raise NotFound
