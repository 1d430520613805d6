"""Endpoints of silences."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.fields import Moment
from opale.endpoints.http import ActorRequest
from opale.kernel.clock import now
from opale.kernel.errors import Invalid
from opale.kernel.keyset import Order
from opale.listings.endpoints import list_endpoint
from opale.run.events import rights
from opale.run.events.actions import silences
from opale.run.events.actions.silences import SilenceTerms
from opale.run.events.domain.silences import MAX_MATCHERS, Matcher, invalid_matchers
from opale.run.events.listings.silences import SILENCES
from opale.run.events.queries import silences as queries
from opale.run.events.queries.silences import Preview
from opale.run.events.shapes.silences import KindName, MatcherSchema, PreviewOut, SilenceOut
from opale.run.events.states import SilenceKind

router = Router(tags=["events"])

Ids = Annotated[list[int], Field(max_length=200)]


class WhatIn(Schema):
    matchers: list[MatcherSchema] = Field(default=[], max_length=MAX_MATCHERS)
    integration_id: int | None = None
    item_ids: Ids = []
    service_ids: Ids = []
    site_ids: Ids = []
    customer_ids: Ids = []

    def what(self) -> dict[str, Any]:
        named = ("item_ids", "service_ids", "site_ids", "customer_ids")
        matchers = tuple(Matcher(one.name, one.value, one.op) for one in self.matchers)
        ids = {name: tuple(getattr(self, name)) for name in named}
        return {"matchers": matchers, "integration_id": self.integration_id, **ids}


class SilenceIn(WhatIn):
    """With a `recurrence` (RRULE of iCalendar) it lasts `duration_seconds` each time."""

    comment: str = Field(min_length=1, max_length=2_000)
    kind: KindName = "silence"
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    recurrence: str = Field(default="", max_length=200)
    duration_seconds: float | None = Field(default=None, gt=0, le=31 * 86_400)
    zone: str = Field(default="UTC", max_length=64)
    ends_on_clear: bool = False

    def terms(self, at: datetime) -> SilenceTerms:
        lasts = self.duration_seconds
        return SilenceTerms(
            **self.what(),
            comment=self.comment,
            kind=SilenceKind(self.kind),
            starts_at=self.starts_at or at,
            ends_at=self.ends_at,
            recurrence=self.recurrence,
            duration=None if lasts is None else timedelta(seconds=lasts),
            zone=self.zone,
            ends_on_clear=self.ends_on_clear,
        )


list_endpoint(
    router, "/silences", SILENCES, SilenceOut, name="list_silences", text="The newest first.",
    order=Order(("-id",)),
)  # fmt: skip


@router.post("/silences", response={201: SilenceOut}, auth=may(rights.WORK))
def create_silence(request: ActorRequest, body: SilenceIn) -> Status[Any]:
    at = now()
    made = silences.create_silence(body.terms(at), by=request.actor, at=at)
    return Status(201, queries.get_silence(made.pk, seen_by=request.actor, at=at))


@router.post("/silences/preview", response=PreviewOut, auth=may(rights.WORK))
def preview_silence(request: ActorRequest, body: WhatIn) -> Preview:
    """What stands that it would match, and what was heard of within a week."""
    at = now()
    terms = SilenceTerms(**body.what(), starts_at=at, ends_at=at, comment="")
    if invalid_matchers(terms.matchers):
        raise Invalid(
            matchers=", ".join(str(one) for one, _fault in invalid_matchers(terms.matchers))
        )
    return queries.preview(terms.silencer, seen_by=request.actor, at=at)


@router.get("/silences/{int:silence_id}", response=SilenceOut, auth=may(rights.READ))
def get_silence(request: ActorRequest, silence_id: int) -> Any:
    return queries.get_silence(silence_id, seen_by=request.actor, at=now())
