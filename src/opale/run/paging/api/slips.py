"""Endpoints of stand-by slips, and of the fixes of needless call-outs."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.fields import Moment
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.kernel.errors import Invalid
from opale.organisation.queries.people import get_person
from opale.run.paging import rights
from opale.run.paging.actions import slips
from opale.run.paging.models import RuleFix, Slip
from opale.run.paging.queries import slips as slip_queries

router = Router(tags=["paging"])

Text = Annotated[str, Field(max_length=500)]


class SlipOut(Schema):
    """A call-out from stand-by. `worth` is what its person said of it: was it worth waking me?"""

    id: int
    person_id: int
    team_id: int
    mobilisation_id: int
    duty_id: int | None
    began_at: datetime
    ended_at: datetime | None
    travel_minutes: int
    note: str
    worth: Literal["", "yes", "no"]

    @staticmethod
    def resolve_travel_minutes(row: Slip) -> int:
        return int(row.travel.total_seconds() // 60)


class WholeSlip(SlipOut):
    """`rests_until` is when the person may work again, `early_duty_id` a shift that begins before
    that; `early_reservation_ids` hold hours of a day of which some fall out."""

    rests_until: datetime | None
    early_duty_id: int | None
    early_reservation_ids: list[int]


class SlipsAsked(Window):
    since: Annotated[date | None, Field(description="Begun on this day or later")] = None
    until: Annotated[date | None, Field(description="Begun on this day or before")] = None
    person_id: int | None = None


class SlipChanges(Schema):
    ended_at: Moment | None = None
    travel_minutes: Annotated[int, Field(ge=0, le=1440)] | None = None
    note: Text | None = None


class WorthIn(Schema):
    worth: Literal["yes", "no"]


class FixOut(Schema):
    """What is put right because it woke somebody for nothing: by whom, and until when."""

    id: int
    slip_id: int
    owner_id: int
    due_on: date
    what: str
    state: Literal["open", "done"]


class FixesAsked(Window):
    state: Literal["open", "done"] | None = None


class FixChanges(Schema):
    owner_id: int | None = None
    due_on: date | None = None
    what: Text | None = None


@router.get("/paging/slips", response=Page[SlipOut], auth=may(rights.SLIPS))
def list_slips(request: ActorRequest, asked: Query[SlipsAsked]) -> Slice[Slip]:
    """One's own; whoever sees those of others, all. The newest first."""
    found = slip_queries.slips(seen_by=request.actor)
    found = slip_queries.begun_between(found, asked.since, asked.until)
    if asked.person_id is not None:
        found = found.filter(person=asked.person_id)
    return page(found.order_by(), asked, "-began_at", "-id")


@router.get("/paging/slips/{int:slip_id}", response=WholeSlip, auth=may(rights.SLIPS))
def get_slip(request: ActorRequest, slip_id: int) -> Slip:
    return _whole(request, slip_id)


@router.patch("/paging/slips/{int:slip_id}", response=WholeSlip, auth=may(rights.SLIPS))
def fill_in_slip(request: ActorRequest, slip_id: int, body: SlipChanges) -> Slip:
    """When it ended, with the way there and back: the rest counts from then."""
    rows = slip_queries.slips(seen_by=request.actor).filter(pk=slip_id)
    with unless_changed(request, rows, SlipOut, part=_shown) as slip:
        minutes, ended_at = body.travel_minutes, body.ended_at or slip.ended_at
        if ended_at is None:
            raise Invalid(ended_at=_("Say when it ended."))
        slips.fill_in_slip(
            slip,
            ended_at=ended_at,
            travel=slip.travel if minutes is None else timedelta(minutes=minutes),
            note=slip.note if body.note is None else body.note,
            by=request.actor,
        )
    return _whole(request, slip_id)


@router.post("/paging/slips/{int:slip_id}/worth", response=WholeSlip, auth=may(rights.SLIPS))
def judge_slip(request: ActorRequest, slip_id: int, body: WorthIn) -> Slip:
    """One's own: a no becomes something to put right."""
    slip = slip_queries.get_slip(slip_id, seen_by=request.actor)
    slips.judge_slip(slip, Slip.Worth(body.worth), by=request.actor)
    return _whole(request, slip_id)


@router.post("/paging/slips/{int:slip_id}/rest", response=WholeSlip, auth=may(rights.SLIPS))
def let_rest(request: ActorRequest, slip_id: int) -> Slip:
    """Let the shift that begins too early begin when the rest is over, or take it away."""
    slips.apply_rest(slip_queries.get_slip(slip_id, seen_by=request.actor), by=request.actor)
    return _whole(request, slip_id)


@router.get("/paging/fixes", response=Page[FixOut], auth=may(rights.READ))
def list_fixes(request: ActorRequest, asked: Query[FixesAsked]) -> Slice[RuleFix]:
    """The most urgent first."""
    found = slip_queries.fixes(seen_by=request.actor)
    found = found.filter(state=asked.state) if asked.state else found
    return page(found.order_by(), asked, "due_on", "id")


@router.get("/paging/fixes/{int:fix_id}", response=FixOut, auth=may(rights.READ))
def get_fix(request: ActorRequest, fix_id: int) -> RuleFix:
    return slip_queries.get_fix(fix_id, seen_by=request.actor)


@router.patch("/paging/fixes/{int:fix_id}", response=FixOut, auth=may(rights.READ))
def edit_fix(request: ActorRequest, fix_id: int, body: FixChanges) -> RuleFix:
    """By whoever was woken, by its owner, or by who edits policies."""
    rows = slip_queries.fixes(seen_by=request.actor).filter(pk=fix_id)
    with unless_changed(request, rows, FixOut) as fix:
        owner = body.owner_id
        slips.edit_fix(
            fix,
            owner=fix.owner if owner is None else get_person(owner, seen_by=request.actor),
            due_on=body.due_on or fix.due_on,
            what=fix.what if body.what is None else body.what,
            by=request.actor,
        )
    return slip_queries.get_fix(fix_id, seen_by=request.actor)


@router.post("/paging/fixes/{int:fix_id}/completion", response=FixOut, auth=may(rights.READ))
def finish_fix(request: ActorRequest, fix_id: int) -> RuleFix:
    """It calls for nothing any more."""
    slips.finish_fix(slip_queries.get_fix(fix_id, seen_by=request.actor), by=request.actor)
    return slip_queries.get_fix(fix_id, seen_by=request.actor)


def _whole(request: ActorRequest, slip_id: int) -> Slip:
    return _rested(slip_queries.get_slip(slip_id, seen_by=request.actor))


def _rested(slip: Slip) -> Slip:
    """Return the slip with the rest that it gives."""
    rest = slip_queries.rest_of(slip)
    told: Any = slip
    told.rests_until = rest.until if rest else None
    told.early_duty_id = rest.duty.pk if rest and rest.duty else None
    told.early_reservation_ids = [one.reservation_id for one in rest.booked] if rest else []
    return slip


def _shown(slip: Slip) -> dict[str, Any]:
    return WholeSlip.from_orm(_rested(slip)).model_dump()
