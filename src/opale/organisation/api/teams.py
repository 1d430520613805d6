"""Endpoints of teams and of the places in them."""

from typing import Any

from ninja import Query, Router
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.endpoints.references import resolve_reference
from opale.kernel.actor import Actor
from opale.kernel.clock import now
from opale.organisation import rights
from opale.organisation.actions import teams
from opale.organisation.models import Membership, Team
from opale.organisation.queries import people, reference
from opale.organisation.queries import teams as team_queries
from opale.organisation.rights import Pillar
from opale.organisation.shapes import (
    Day,
    End,
    MembershipChanges,
    MembershipOut,
    NewMembership,
    NewTeam,
    TeamChanges,
    TeamOut,
)

router = Router()


@router.get("/teams", response=Page[TeamOut], auth=may(rights.READ))
def list_teams(
    request: ActorRequest,
    window: Query[Window],
    q: SearchText = "",
    pillar: Pillar | None = None,
    closed: bool = False,
) -> Slice[Team]:
    """Teams by name; `closed` shows the closed ones too."""
    found = team_queries.teams(seen_by=request.actor, text=q, pillar=pillar or "", closed=closed)
    return page(found, window, "name", "id")


@router.post("/teams", response={201: TeamOut}, auth=may(rights.EDIT))
def create_team(request: ActorRequest, body: NewTeam) -> Status[Team]:
    team = teams.create_team(by=request.actor, **_fields(body.dict(), request.actor))
    return Status(201, team)


@router.get("/teams/{int:team_id}", response=TeamOut, auth=may(rights.READ))
def get_team(request: ActorRequest, team_id: int) -> Team:
    return team_queries.get_team(team_id, seen_by=request.actor)


@router.patch("/teams/{int:team_id}", response=TeamOut, auth=may(rights.EDIT))
def edit_team(request: ActorRequest, team_id: int, body: TeamChanges) -> Team:
    rows = team_queries.teams(seen_by=request.actor, closed=True).filter(pk=team_id)
    with unless_changed(request, rows, TeamOut) as team:
        fields = _fields(body.dict(exclude_unset=True), request.actor)
        teams.edit_team(team, by=request.actor, **fields)
    return team_queries.get_team(team_id, seen_by=request.actor)


@router.post("/teams/{int:team_id}/closure", response=TeamOut, auth=may(rights.EDIT))
def close_team(request: ActorRequest, team_id: int, body: Day) -> Team:
    team = team_queries.get_team(team_id, seen_by=request.actor)
    teams.close_team(team, by=request.actor, on=body.on)
    return team_queries.get_team(team_id, seen_by=request.actor)


@router.get("/teams/{int:team_id}/memberships", response=Page[MembershipOut], auth=may(rights.READ))
def list_team_memberships(
    request: ActorRequest, team_id: int, window: Query[Window]
) -> Slice[Membership]:
    """Everybody who is, was, or will be in the team."""
    team = team_queries.get_team(team_id, seen_by=request.actor)
    found = team_queries.members_of(team, seen_by=request.actor, past=True).select_related("team")
    return page(found, window, "-id")


@router.post(
    "/teams/{int:team_id}/memberships", response={201: MembershipOut}, auth=may(rights.EDIT)
)
def add_member(request: ActorRequest, team_id: int, body: NewMembership) -> Status[Membership]:
    """Without `starts`, from now on."""
    membership = teams.add_member(
        team_queries.get_team(team_id, seen_by=request.actor),
        resolve_reference(
            people.get_person, body.person_id, field="person_id", seen_by=request.actor
        ),
        by=request.actor,
        function=body.function,
        role=body.role,
        share_percent=body.share_percent,
        starts=body.starts or now(),
        ends=body.ends,
    )
    return Status(201, membership)


@router.get("/memberships/{int:membership_id}", response=MembershipOut, auth=may(rights.READ))
def get_membership(request: ActorRequest, membership_id: int) -> Membership:
    return team_queries.get_membership(membership_id, seen_by=request.actor)


@router.patch("/memberships/{int:membership_id}", response=MembershipOut, auth=may(rights.EDIT))
def edit_membership(
    request: ActorRequest, membership_id: int, body: MembershipChanges
) -> Membership:
    """The place held until now stays in the record: what is answered may have another id."""
    rows = team_queries.memberships(seen_by=request.actor).filter(pk=membership_id)
    with unless_changed(request, rows, MembershipOut) as membership:
        return teams.edit_membership(
            membership, by=request.actor, **_given(body.dict(exclude_unset=True))
        )


@router.post("/memberships/{int:membership_id}/end", response={204: None}, auth=may(rights.EDIT))
def end_membership(request: ActorRequest, membership_id: int, body: End) -> Status[None]:
    membership = team_queries.get_membership(membership_id, seen_by=request.actor)
    teams.end_membership(membership, by=request.actor, at=body.at)
    return Status(204, None)


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    """Drop null values of fields that cannot be empty."""
    return {name: value for name, value in fields.items() if value is not None}


def _fields(fields: dict[str, Any], by: Actor) -> dict[str, Any]:
    """Return the fields with rows for ids."""
    given = _given(fields)
    if manager_id := given.pop("manager_id", None):
        given["manager"] = resolve_reference(
            people.get_person, manager_id, field="manager_id", seen_by=by
        )
    if company_id := given.pop("company_id", None):
        given["company"] = resolve_reference(
            reference.get_company, company_id, field="company_id", seen_by=by
        )
    elif "company_id" in fields:
        given["company"] = None
    return given
