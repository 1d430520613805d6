"""Endpoints of one's own digest settings."""

from typing import Annotated, Literal

from ninja import Router, Schema
from pydantic import Field

from opale.customers.models import Contact
from opale.customers.queries.customers import get_contact
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.preconditions import unless_resource_changed
from opale.kernel.errors import NotFound
from opale.kernel.isolation import as_application
from opale.organisation.models import Person
from opale.organisation.queries.people import get_person
from opale.run.desk import rights
from opale.run.desk.actions import digests
from opale.run.desk.models import Following
from opale.run.desk.queries import digests as digest_queries

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
def get_following(request: ActorRequest) -> Following:
    who = _asker(request)
    with as_application():
        return digest_queries.digest_settings_of(who)


@router.patch("/following", response=FollowingOut, auth=may(rights.READ))
def choose_following(request: ActorRequest, body: FollowingIn) -> Following:
    who = _asker(request)

    def shown() -> FollowingOut:
        return FollowingOut.from_orm(digest_queries.digest_settings_of(who))

    with (
        as_application(),
        unless_resource_changed(request, f"desk.following:{who._meta.label}.{who.pk}", shown),
    ):
        return digests.set_digest_pace(who, by=request.actor, pace=body.pace, hour=body.hour)


def _asker(request: ActorRequest) -> Person | Contact:
    actor = request.actor
    if actor.person_id is not None:
        return get_person(actor.person_id, seen_by=actor)
    if actor.contact_id is not None:
        return get_contact(actor.contact_id, seen_by=actor)
    raise NotFound
