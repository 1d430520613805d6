"""Endpoints of the named units that are chosen for lines of designs."""

from typing import Annotated

from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.delivery.designs.actions import placements
from opale.delivery.designs.api.designs import RowId
from opale.delivery.designs.models import DesignLine, DesignPlace
from opale.delivery.designs.queries import designs
from opale.delivery.designs.queries import placements as placement_queries
from opale.delivery.designs.rights import READ, WORK
from opale.delivery.projects.queries.workdays import today
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.references import resolve_reference
from opale.infrastructure.queries.items import get_item

router = Router(tags=["designs"])


class DesignPlaceIn(Schema):
    """`units` as they are written: "U12 to U15", "U12, U14", "7"."""

    item_id: RowId
    units: Annotated[str, Field(min_length=1, max_length=200)]


class DesignPlaceOut(Schema):
    """The units that a line is to have for its need that is counted in `unit`."""

    line_id: int
    unit: str
    item_id: int
    units: list[str]


class DesignPlaceable(Schema):
    """A need whose units have names. `held`: with what the version holds; `taken`: which of them
    somebody else holds."""

    line_id: int
    unit: str
    name_en: str
    name_fr: str
    quantity: int
    item_id: int | None
    units: list[str]
    held: bool
    taken: str


@router.get("/designs/{int:design_number}/places", response=list[DesignPlaceable], auth=may(READ))
def list_design_places(request: ActorRequest, design_number: int) -> list[DesignPlaceable]:
    """What of the present version could have its units by name, and has them."""
    design = designs.get_design(design_number, seen_by=request.actor)
    version = designs.version_of(design, seen_by=request.actor)
    held = designs.reservation_of(version, seen_by=request.actor)
    return [
        DesignPlaceable(
            line_id=one.line.pk,
            unit=one.unit,
            name_en=one.name_en,
            name_fr=one.name_fr,
            quantity=one.quantity,
            item_id=one.place.item_id if one.place else None,
            units=one.place.units if one.place else [],
            held=one.held,
            taken=one.taken,
        )
        for one in placement_queries.placeable(version, on=today(), reservation=held)
    ]


@router.put(
    "/designs/{int:design_number}/lines/{int:design_line_id}/places/{str:unit}",
    response=DesignPlaceOut,
    auth=may(WORK),
)
def place_design_line(
    request: ActorRequest, design_number: int, design_line_id: int, unit: str, body: DesignPlaceIn
) -> DesignPlace:
    """In place of what was named before; 409 where one is taken, and nothing is changed."""
    line = _line(request, design_number, design_line_id)
    item = resolve_reference(get_item, body.item_id, field="item_id", seen_by=request.actor)
    return placements.place_line(line, unit, item, body.units, by=request.actor)


@router.delete(
    "/designs/{int:design_number}/lines/{int:design_line_id}/places/{str:unit}",
    response={204: None},
    auth=may(WORK),
)
def free_design_place(
    request: ActorRequest, design_number: int, design_line_id: int, unit: str
) -> Status[None]:
    """No unit by name any more; what is held of the pool stays."""
    placements.free_place(_line(request, design_number, design_line_id), unit, by=request.actor)
    return Status(204, None)


def _line(request: ActorRequest, design_number: int, line_id: int) -> DesignLine:
    design = designs.get_design(design_number, seen_by=request.actor)
    version = designs.version_of(design, seen_by=request.actor)
    return designs.get_line(version, line_id, seen_by=request.actor)
