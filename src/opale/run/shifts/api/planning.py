"""Endpoints of patterns, roster violations and offers."""

from django.utils import timezone
from ninja import Query, Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.kernel import clock
from opale.organisation.queries.teams import get_team
from opale.run.shifts import rights
from opale.run.shifts.models import ShiftPattern, SwapRequest
from opale.run.shifts.queries import patterns as pattern_queries
from opale.run.shifts.queries import swaps as swap_queries
from opale.run.shifts.queries import troubles
from opale.run.shifts.shapes.planning import OfferOut, PatternOut, TroubleOut

router = Router(tags=["shifts"])


@router.get("/shift-patterns", response=Page[PatternOut], auth=may(rights.READ))
def list_patterns(
    request: ActorRequest, window: Query[Window], team_id: int | None = None
) -> Slice[ShiftPattern]:
    return page(
        pattern_queries.patterns(seen_by=request.actor, team_id=team_id), window, "name", "id"
    )


@router.get(
    "/teams/{int:team_id}/roster/troubles", response=list[TroubleOut], auth=may(rights.READ)
)
def list_troubles(request: ActorRequest, team_id: int) -> list[TroubleOut]:
    """What is wrong with the roster in the 52 weeks to come."""
    team = get_team(team_id, seen_by=request.actor)
    return [_trouble(one) for one in troubles.troubles(team, seen_by=request.actor, at=clock.now())]


@router.get("/duty-offers", response=Page[OfferOut], auth=may(rights.READ))
def list_offers(request: ActorRequest, window: Query[Window]) -> Slice[SwapRequest]:
    return page(swap_queries.offers(seen_by=request.actor), window, "-id")


def _trouble(one: troubles.Trouble) -> TroubleOut:
    return TroubleOut(
        kind=one.kind,
        starts=timezone.localtime(one.span.starts),
        ends=timezone.localtime(one.span.ends),
        need=str(one.need.label) if one.need else "",
        person_id=(
            one.entry.person_id if one.entry else one.broken.person.pk if one.broken else None
        ),
        rule=one.broken.breach.code if one.broken else "",
        reference=one.broken.breach.reference if one.broken else "",
    )
