"""Endpoints of teams and of the places in them."""

from ninja import Query, Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.organisation import rights
from opale.organisation.models import Membership, Team
from opale.organisation.queries import teams as team_queries
from opale.organisation.rights import Pillar
from opale.organisation.shapes import MembershipOut, TeamOut

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


@router.get("/teams/{int:team_id}", response=TeamOut, auth=may(rights.READ))
def get_team(request: ActorRequest, team_id: int) -> Team:
    return team_queries.get_team(team_id, seen_by=request.actor)


@router.get("/teams/{int:team_id}/memberships", response=Page[MembershipOut], auth=may(rights.READ))
def list_team_memberships(
    request: ActorRequest, team_id: int, window: Query[Window]
) -> Slice[Membership]:
    """Everybody who is, was, or will be in the team."""
    team = team_queries.get_team(team_id, seen_by=request.actor)
    found = team_queries.members_of(team, seen_by=request.actor, past=True).select_related("team")
    return page(found, window, "-id")


@router.get("/memberships/{int:membership_id}", response=MembershipOut, auth=may(rights.READ))
def get_membership(request: ActorRequest, membership_id: int) -> Membership:
    return team_queries.get_membership(membership_id, seen_by=request.actor)
