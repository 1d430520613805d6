"""Endpoints of handovers: records, unaccepted work, and the actions on them."""

from datetime import datetime, timedelta
from typing import Any, Literal

from ninja import Query, Router, Schema
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.fields import Moment
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.infrastructure.queries.items import plain_items
from opale.kernel.errors import NotFound
from opale.organisation.queries.people import get_person
from opale.organisation.queries.teams import get_team
from opale.run.handover import rights
from opale.run.handover.actions import cards as card_actions
from opale.run.handover.actions import departures, signatures, watches
from opale.run.handover.models import Handover, HandoverItem, WatchItem
from opale.run.handover.queries import permissions, records
from opale.run.handover.queries import situation as situation_queries

router = Router(tags=["handover"])


class HandoverOut(Schema):
    """A change of shift: who leaves, who arrives, and whether both leads have signed."""

    id: int
    team_id: int
    kind: Literal["change", "early", "absence"]
    state: Literal["open", "signed"]
    ends_at: datetime
    leaver_ids: list[int]
    leaving_lead_id: int | None
    arriving_lead_id: int | None
    passed_at: datetime | None
    left_at: datetime | None
    left_by_id: int | None
    arrived_at: datetime | None
    arrived_by_id: int | None
    signed_at: datetime | None


class WholeHandover(HandoverOut):
    """`situation` is what stands beside the tickets: incidents, muted alerts, work that comes, what
    is watched, the staffing of the next shift. Of a signed record it is as it stood then."""

    cards: int
    accepted: int
    waiting: int
    situation: dict[str, list[dict[str, Any]]]


class RefusalOut(Schema):
    person_id: int
    reason: str
    note: str
    at: datetime


class ItemOut(Schema):
    """A ticket that changes hands. `reasons` say why it is hot, `why` why somebody is proposed."""

    id: int
    ticket_id: int
    number: int
    subject: str
    priority: int
    place: Literal["card", "block"]
    state: Literal["waiting", "with_lead", "with_manager", "accepted", "gone"]
    reasons: list[str]
    leaver_id: int
    proposed_id: int | None
    why: list[str]
    taker_id: int | None
    decided_at: datetime | None
    next: str
    note: str
    due_at: datetime | None
    refusals: list[RefusalOut]

    @staticmethod
    def resolve_number(row: HandoverItem) -> int:
        return int(row.told["number"])

    @staticmethod
    def resolve_subject(row: HandoverItem) -> str:
        return str(row.told["subject"])

    @staticmethod
    def resolve_priority(row: HandoverItem) -> int:
        return int(row.told["priority"])

    @staticmethod
    def resolve_next(row: HandoverItem) -> str:
        return str(row.told["next"])

    @staticmethod
    def resolve_refusals(row: HandoverItem) -> list[Any]:
        return list(row.refusals.all())


class WatchOut(Schema):
    """Something to watch; an alert on `item_id` that stands for `minutes` calls by itself."""

    id: int
    text: str
    until: datetime
    calls_id: int
    item_id: int | None
    minutes: int | None
    state: Literal["watched", "called", "over"]
    called_at: datetime | None
    ended_at: datetime | None

    @staticmethod
    def resolve_minutes(row: WatchItem) -> int | None:
        return None if row.longest is None else int(row.longest.total_seconds() // 60)


class RefusalIn(Schema):
    reason: Literal["skill", "load", "language", "leaving", "other"]
    note: str = ""


class ProposalIn(Schema):
    person_id: int


class SignatureIn(Schema):
    side: Literal["leaving", "arriving"]


class CountOut(Schema):
    tickets: int


class WatchIn(Schema):
    text: str
    until: Moment
    calls_id: int
    item_id: int | None = None
    minutes: int | None = None


@router.get("/handovers", response=Page[HandoverOut], auth=may(rights.READ))
def list_handovers(
    request: ActorRequest,
    window: Query[Window],
    state: Literal["open", "signed"] | None = None,
    q: SearchText = "",
) -> Slice[Handover]:
    """The newest first; `q` finds the signed records in which these words stand."""
    seen = {"seen_by": request.actor}
    rows = records.search_handovers(q, **seen) if q else records.handovers(**seen)
    rows = rows.filter(state=state) if state else rows
    return page(rows.order_by(), window, "-ends_at", "-id")


@router.get("/handovers/{int:handover_id}", response=WholeHandover, auth=may(rights.READ))
def get_handover(request: ActorRequest, handover_id: int) -> dict[str, Any]:
    held = records.get_handover(handover_id, seen_by=request.actor)
    far = records.progress_of(held)
    situation = (
        situation_queries.situation_of(held, seen_by=request.actor)
        if held.is_open
        else held.situation
    )
    own = {name: getattr(held, name) for name in HandoverOut.model_fields}
    counts = {"cards": far.cards, "accepted": far.accepted, "waiting": far.waiting}
    return {**own, **counts, "situation": situation}


@router.get("/handovers/{int:handover_id}/items", response=Page[ItemOut], auth=may(rights.READ))
def list_handover_items(
    request: ActorRequest,
    handover_id: int,
    window: Query[Window],
    place: Literal["card", "block"] | None = None,
) -> Slice[HandoverItem]:
    held = records.get_handover(handover_id, seen_by=request.actor)
    rows = records.items_of(held, seen_by=request.actor)
    rows = rows.filter(place=place) if place else rows
    return page(rows.order_by(), window, "id")


@router.post(
    "/handovers/{int:handover_id}/items/{int:card_id}/acceptance",
    response=ItemOut,
    auth=may(rights.WORK),
)
def accept_item(request: ActorRequest, handover_id: int, card_id: int) -> HandoverItem:
    """The ticket is the caller's from this minute."""
    item = _item(request, handover_id, card_id)
    card_actions.accept_card(item, by=request.actor)
    return _item(request, handover_id, card_id)


@router.post(
    "/handovers/{int:handover_id}/items/{int:card_id}/refusal",
    response=ItemOut,
    auth=may(rights.WORK),
)
def refuse_item(
    request: ActorRequest, handover_id: int, card_id: int, body: RefusalIn
) -> HandoverItem:
    """The next who could take it is proposed."""
    item = _item(request, handover_id, card_id)
    card_actions.refuse_card(item, body.reason, by=request.actor, note=body.note)
    return _item(request, handover_id, card_id)


@router.post(
    "/handovers/{int:handover_id}/items/{int:card_id}/proposal",
    response=ItemOut,
    auth=may(rights.WORK),
)
def propose_item(
    request: ActorRequest, handover_id: int, card_id: int, body: ProposalIn
) -> HandoverItem:
    """Name who takes it; that person still accepts it."""
    item = _item(request, handover_id, card_id)
    person = get_person(body.person_id, seen_by=request.actor)
    card_actions.propose_card(item, person, by=request.actor)
    return _item(request, handover_id, card_id)


@router.post(
    "/handovers/{int:handover_id}/blocks/{int:leaver_id}/acceptance",
    response=CountOut,
    auth=may(rights.WORK),
)
def accept_block(request: ActorRequest, handover_id: int, leaver_id: int) -> dict[str, int]:
    """All calm tickets of one who leaves are the caller's, and sleep until something happens."""
    held = records.get_handover(handover_id, seen_by=request.actor)
    return {"tickets": card_actions.accept_block(held, leaver_id, by=request.actor)}


@router.post("/handovers/{int:handover_id}/signature", response=HandoverOut, auth=may(rights.WORK))
def sign_handover(request: ActorRequest, handover_id: int, body: SignatureIn) -> Handover:
    """With both signatures nothing of the record changes any more."""
    held = records.get_handover(handover_id, seen_by=request.actor)
    return signatures.sign(held, body.side, by=request.actor)


@router.post("/handovers/return", response=CountOut, auth=may(rights.WORK))
def take_all_back(request: ActorRequest) -> dict[str, int]:
    """All that the caller handed over, and that was only handed over since."""
    return {"tickets": len(departures.take_all_back(by=request.actor))}


@router.get("/watches", response=Page[WatchOut], auth=may(rights.READ))
def list_watches(
    request: ActorRequest,
    window: Query[Window],
    state: Literal["watched", "called", "over"] | None = None,
) -> Slice[WatchItem]:
    rows = permissions.list_watches(seen_by=request.actor)
    rows = rows.filter(state=state) if state else rows
    return page(rows.order_by(), window, "until", "id")


@router.post("/watches", response={201: WatchOut}, auth=may(rights.WORK))
def watch_for(request: ActorRequest, body: WatchIn) -> Status[WatchItem]:
    item = None
    if body.item_id is not None:
        item = plain_items(seen_by=request.actor).filter(pk=body.item_id).first()
        if item is None:
            raise NotFound
    made = watches.create_watch(
        watches.WatchInput(
            text=body.text,
            until=body.until,
            calls=get_team(body.calls_id, seen_by=request.actor),
            item=item,
            longest=None if body.minutes is None else timedelta(minutes=body.minutes),
        ),
        by=request.actor,
    )
    return Status(201, made)


@router.post("/watches/{int:watch_id}/call", response=WatchOut, auth=may(rights.WORK))
def call_about_watch(request: ActorRequest, watch_id: int) -> WatchItem:
    """It happened: people are called by the escalation policies."""
    return watches.trigger_watch(
        permissions.get_watch(watch_id, seen_by=request.actor), by=request.actor
    )


@router.post("/watches/{int:watch_id}/end", response=WatchOut, auth=may(rights.WORK))
def end_watch(request: ActorRequest, watch_id: int) -> WatchItem:
    return watches.end_watch(
        permissions.get_watch(watch_id, seen_by=request.actor), by=request.actor
    )


def _item(request: ActorRequest, handover_id: int, card_id: int) -> HandoverItem:
    held = records.get_handover(handover_id, seen_by=request.actor)
    return records.get_item(held, card_id, seen_by=request.actor)
