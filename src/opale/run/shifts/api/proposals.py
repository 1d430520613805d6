"""Endpoints of roster proposals and wishes."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.kernel import clock
from opale.organisation.queries.teams import get_team
from opale.run.shifts import rights
from opale.run.shifts.actions import news, proposal_lines, proposals, wishes
from opale.run.shifts.models import DutyWish, ProposalLine, RosterNews, RosterProposal
from opale.run.shifts.queries import news as new_queries
from opale.run.shifts.queries import proposals as proposal_queries
from opale.run.shifts.queries import wishes as wishe_queries

router = Router(tags=["shifts"])

WantedName = Literal["off", "any", "morning", "afternoon", "night", "standby"]


class RosterProposalIn(Schema):
    """`gentle`: only what is wrong moves; else anything, for wishes and shared burdens."""

    first: date
    weeks: Literal[2, 4, 8, 13, 26, 52] = 4
    seconds: Literal[20, 60, 300] = 20
    gentle: bool = True


class RosterProposalOut(Schema):
    """`searched` of `seconds` is how far the search is. Nothing of it is in the roster.

    `lines` counts them by state; what nobody covers is told as it is, and `then` with all lines.
    """

    id: int
    team_id: int
    first: date
    days: int
    gentle: bool
    seconds: int
    searched: int
    state: str
    lines: dict[str, int]
    minutes_not_covered: int | None
    minutes_not_covered_then: int | None
    sentence: str
    asked_at: datetime
    finished_at: datetime | None

    @staticmethod
    def resolve_lines(row: RosterProposal) -> dict[str, int]:
        return proposal_queries.line_counts(row)

    @staticmethod
    def resolve_minutes_not_covered(row: RosterProposal) -> int | None:
        return _minutes(row.bare_before)

    @staticmethod
    def resolve_minutes_not_covered_then(row: RosterProposal) -> int | None:
        return _minutes(row.bare_after)


class RosterProposalLineOut(Schema):
    """A duty that `to_id` is given, of `was_id` or of nobody; or that nobody has any more."""

    id: int
    kind: Literal["staffed", "standby"]
    role: str
    starts: datetime
    ends: datetime
    was_id: int | None
    to_id: int | None
    reason: Literal[
        "gap", "away", "wish", "able", "other", "fair", "rule", "beside", "burden", "turn"
    ]
    state: Literal["open", "accepted", "refused", "stale"]
    sentence: str


class ProposedLinesIn(Schema):
    """These lines, or all that are open."""

    line_ids: Annotated[list[int], Field(max_length=1000)] | None = None


class RosterNewsOut(Schema):
    """A duty that one has now (`gained`), or has no more."""

    id: int
    team_id: int
    kind: Literal["staffed", "standby"]
    role: str
    starts: datetime
    ends: datetime
    gained: bool
    by_name: str
    at: datetime


class SeenIn(Schema):
    """The greatest `id` that was shown."""

    until: int


class DutyWishIn(Schema):
    day: date
    wanted: WantedName


class DutyWishOut(Schema):
    id: int
    day: date
    wanted: WantedName


@router.get(
    "/teams/{int:team_id}/roster/proposals", response=Page[RosterProposalOut], auth=may(rights.EDIT)
)
def list_roster_proposals(
    request: ActorRequest, team_id: int, window: Query[Window]
) -> Slice[RosterProposal]:
    team = get_team(team_id, seen_by=request.actor)
    return page(proposal_queries.proposals(seen_by=request.actor, team_id=team.pk), window, "-id")


@router.post(
    "/teams/{int:team_id}/roster/proposals",
    response={202: RosterProposalOut},
    auth=may(rights.EDIT),
)
def ask_for_roster(
    request: ActorRequest, team_id: int, body: RosterProposalIn
) -> Status[RosterProposal]:
    """Let the planner search; its proposal is read, followed and decided by its own address."""
    team = get_team(team_id, seen_by=request.actor)
    asked = proposals.request_proposal(
        team, by=request.actor, credential=request.credential, **body.dict()
    )
    return Status(202, asked)


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


@router.post(
    "/roster-proposals/{int:proposal_id}/end", response=RosterProposalOut, auth=may(rights.EDIT)
)
def end_search(request: ActorRequest, proposal_id: int) -> RosterProposal:
    """The best that was found is kept."""
    proposal = proposal_queries.get_proposal(proposal_id, seen_by=request.actor)
    proposals.stop_search(proposal, by=request.actor)
    return proposal_queries.get_proposal(proposal_id, seen_by=request.actor)


@router.post(
    "/roster-proposals/{int:proposal_id}/acceptance",
    response=RosterProposalOut,
    auth=may(rights.EDIT),
)
def accept_lines(request: ActorRequest, proposal_id: int, body: ProposedLinesIn) -> RosterProposal:
    """What cannot be accepted says why in its line. Many lines are accepted by the planner."""
    proposal = proposal_queries.get_proposal(proposal_id, seen_by=request.actor)
    if body.line_ids is None:
        proposals.accept_proposal(proposal, by=request.actor, credential=request.credential)
    else:
        proposal_lines.accept_lines(proposal, body.line_ids, by=request.actor)
    return proposal_queries.get_proposal(proposal_id, seen_by=request.actor)


@router.post(
    "/roster-proposals/{int:proposal_id}/refusal", response=RosterProposalOut, auth=may(rights.EDIT)
)
def refuse_lines(request: ActorRequest, proposal_id: int, body: ProposedLinesIn) -> RosterProposal:
    proposal = proposal_queries.get_proposal(proposal_id, seen_by=request.actor)
    proposal_lines.refuse_lines(proposal, body.line_ids, by=request.actor)
    return proposal_queries.get_proposal(proposal_id, seen_by=request.actor)


@router.get("/roster-news", response=list[RosterNewsOut], auth=may(rights.READ))
def list_roster_news(request: ActorRequest) -> list[RosterNews]:
    """Duties that others gave one or took since one last said to have seen them: what is left."""
    found = new_queries.news_of(request.actor, at=clock.now())
    return [] if found is None else [*found.lost, *found.gained]


@router.post("/roster-news/seen", response={204: None}, auth=may(rights.READ))
def see_roster_news(request: ActorRequest, body: SeenIn) -> Status[None]:
    """What came after `until` stays new."""
    news.mark_news_seen(by=request.actor, until=body.until)
    return Status(204, None)


@router.get("/duty-wishes", response=Page[DutyWishOut], auth=may(rights.SWAP))
def list_wishes(request: ActorRequest, window: Query[Window]) -> Slice[DutyWish]:
    """One's own, from today on."""
    today = timezone.localtime(clock.now()).date()
    return page(wishe_queries.wishes_of(request.actor, since=today), window, "day", "id")


@router.post("/duty-wishes", response={201: DutyWishOut}, auth=may(rights.SWAP))
def wish(request: ActorRequest, body: DutyWishIn) -> Status[DutyWish]:
    """What was wished for that day before is replaced."""
    wanted = DutyWish.Wanted(body.wanted)
    return Status(201, wishes.create_wish(body.day, wanted, by=request.actor))


@router.api_operation(
    ["DELETE"], "/duty-wishes/{int:wish_id}", response={204: None}, auth=may(rights.SWAP)
)
def unwish(request: ActorRequest, wish_id: int) -> Status[None]:
    wishes.delete_wish(wishe_queries.get_wish(wish_id, seen_by=request.actor), by=request.actor)
    return Status(204, None)


def _minutes(length: timedelta | None) -> int | None:
    return None if length is None else round(length / timedelta(minutes=1))
