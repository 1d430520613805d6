"""Endpoints of roster proposals, news of the roster, and wishes."""

from django.utils import timezone
from ninja import Query, Router
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.kernel import clock
from opale.organisation.queries.teams import get_team
from opale.run.shifts import rights
from opale.run.shifts.actions import wishes
from opale.run.shifts.models import DutyWish, ProposalLine, RosterNews, RosterProposal
from opale.run.shifts.queries import news as new_queries
from opale.run.shifts.queries import proposals as proposal_queries
from opale.run.shifts.queries import wishes as wishe_queries
from opale.run.shifts.shapes.proposals import (
    DutyWishOut,
    RosterNewsOut,
    RosterProposalLineOut,
    RosterProposalOut,
)

router = Router(tags=["shifts"])


@router.get(
    "/teams/{int:team_id}/roster/proposals", response=Page[RosterProposalOut], auth=may(rights.EDIT)
)
def list_roster_proposals(
    request: ActorRequest, team_id: int, window: Query[Window]
) -> Slice[RosterProposal]:
    team = get_team(team_id, seen_by=request.actor)
    return page(proposal_queries.proposals(seen_by=request.actor, team_id=team.pk), window, "-id")


@router.get(
    "/roster-proposals/{int:proposal_id}", response=RosterProposalOut, auth=may(rights.EDIT)
)
def read_proposal(request: ActorRequest, proposal_id: int) -> RosterProposal:
    return proposal_queries.get_proposal(proposal_id, seen_by=request.actor)


@router.get(
    "/roster-proposals/{int:proposal_id}/lines",
    response=Page[RosterProposalLineOut],
    auth=may(rights.EDIT),
)
def list_lines(
    request: ActorRequest, proposal_id: int, window: Query[Window]
) -> Slice[ProposalLine]:
    proposal = proposal_queries.get_proposal(proposal_id, seen_by=request.actor)
    return page(proposal_queries.proposal_lines(proposal, seen_by=request.actor), window, "id")


@router.get("/roster-news", response=list[RosterNewsOut], auth=may(rights.READ))
def list_roster_news(request: ActorRequest) -> list[RosterNews]:
    """Duties that others gave one or took since one last said to have seen them: what is left."""
    found = new_queries.news_of(request.actor, at=clock.now())
    return [] if found is None else [*found.lost, *found.gained]


@router.get("/duty-wishes", response=Page[DutyWishOut], auth=may(rights.SWAP))
def list_wishes(request: ActorRequest, window: Query[Window]) -> Slice[DutyWish]:
    """One's own, from today on."""
    today = timezone.localtime(clock.now()).date()
    return page(wishe_queries.wishes_of(request.actor, since=today), window, "day", "id")


@router.api_operation(
    ["DELETE"], "/duty-wishes/{int:wish_id}", response={204: None}, auth=may(rights.SWAP)
)
def unwish(request: ActorRequest, wish_id: int) -> Status[None]:
    wishes.delete_wish(wishe_queries.get_wish(wish_id, seen_by=request.actor), by=request.actor)
    return Status(204, None)
