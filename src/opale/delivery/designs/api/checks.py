"""Endpoints of checks, of a design's reservations, and of the customer's acceptance."""

from datetime import datetime
from typing import Annotated

from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.customers.queries.customers import get_contact
from opale.delivery.designs.actions import documents, lifecycle, reservations
from opale.delivery.designs.api.designs import Day, RowId, Share
from opale.delivery.designs.models import Acceptance, Design, DesignCheck, DesignVersion
from opale.delivery.designs.queries import designs, staleness
from opale.delivery.designs.rights import READ, WORK
from opale.delivery.designs.shapes import AcceptanceOut, DesignCheckOut, DesignReservationOut
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.references import resolve_reference
from opale.kernel import clock
from opale.kernel.errors import Invalid, NotFound
from opale.reservations.models import Reservation

router = Router()


class DesignHoldIn(Schema):
    """Without a probability it is the design's, without an expiry two weeks."""

    probability: Share | None = None
    expires_at: datetime | None = None


class DesignExtensionIn(Schema):
    expires_at: datetime | None = None
    probability: Share | None = None


class AcceptanceIn(Schema):
    """A document of the design, or the mail that shows it."""

    contact_id: RowId
    accepted_on: Day
    document_id: RowId | None = None
    mail: Annotated[str, Field(max_length=300)] = ""
    their_number: Annotated[str, Field(max_length=100)] = ""


@router.get("/designs/{int:design_number}/check", response=DesignCheckOut, auth=may(READ))
def get_design_check(request: ActorRequest, design_number: int) -> DesignCheckOut:
    """The last check of the present version, and whether it still holds."""
    design = designs.get_design(design_number, seen_by=request.actor)
    version = designs.version_of(design, seen_by=request.actor)
    found = designs.last_check(version, seen_by=request.actor)
    if found is None:
        raise NotFound
    return _check(design, version, found)


@router.post("/designs/{int:design_number}/check", response={201: DesignCheckOut}, auth=may(WORK))
def check_design(request: ActorRequest, design_number: int) -> Status[DesignCheckOut]:
    """Against stock and people's load as they are now; a feasible draft is checked by it."""
    design = designs.get_design(design_number, seen_by=request.actor)
    found = lifecycle.check_design(design, by=request.actor)
    return Status(201, _check(design, found.version, found))


@router.post(
    "/designs/{int:design_number}/reservation",
    response={201: DesignReservationOut},
    auth=may(WORK),
)
def hold_for_design(
    request: ActorRequest, design_number: int, body: DesignHoldIn
) -> Status[DesignReservationOut]:
    """Hold what the check found, all of it or nothing (409)."""
    design = designs.get_design(design_number, seen_by=request.actor)
    made = reservations.reserve_design(
        design, by=request.actor, probability=body.probability, expires_at=body.expires_at
    )
    return Status(201, _reservation(made))


@router.post(
    "/designs/{int:design_number}/reservation/extension",
    response=DesignReservationOut,
    auth=may(WORK),
)
def extend_design_hold(
    request: ActorRequest, design_number: int, body: DesignExtensionIn
) -> DesignReservationOut:
    """Two weeks more, from now on."""
    design = designs.get_design(design_number, seen_by=request.actor)
    reservations.extend_design(
        design, by=request.actor, expires_at=body.expires_at, probability=body.probability
    )
    return _held(design, request)


@router.get(
    "/designs/{int:design_number}/reservation", response=DesignReservationOut, auth=may(READ)
)
def get_design_hold(request: ActorRequest, design_number: int) -> DesignReservationOut:
    """The last one that was made for the present version."""
    design = designs.get_design(design_number, seen_by=request.actor)
    return _held(design, request)


@router.put("/designs/{int:design_number}/acceptance", response=AcceptanceOut, auth=may(WORK))
def attach_acceptance(request: ActorRequest, design_number: int, body: AcceptanceIn) -> Acceptance:
    """Who accepted the quoted version for the customer, when, and what shows it."""
    by = request.actor
    design = designs.get_design(design_number, seen_by=by)
    document = None
    if body.document_id is not None:
        try:
            document = designs.get_document(design, body.document_id, seen_by=by)
        except NotFound as error:
            raise Invalid(document_id=error.sentence) from None
    return documents.attach_acceptance(
        design,
        by=by,
        contact=resolve_reference(get_contact, body.contact_id, field="contact_id", seen_by=by),
        accepted_on=body.accepted_on,
        document=document,
        mail=body.mail,
        their_number=body.their_number,
    )


def _check(design: Design, version: DesignVersion, found: DesignCheck) -> DesignCheckOut:
    stale = staleness.stale_because(design, version, found, at=clock.now())
    found.version = version
    return DesignCheckOut.of(found, stale)


def _held(design: Design, request: ActorRequest) -> DesignReservationOut:
    """Return the reservation of the present version. Errors: NotFound."""
    version = designs.version_of(design, seen_by=request.actor)
    found = designs.reservation_of(version, seen_by=request.actor)
    if found is None:
        raise NotFound
    return _reservation(found)


def _reservation(row: Reservation) -> DesignReservationOut:
    return DesignReservationOut(
        reservation_id=row.pk,
        state=row.state,
        probability=row.probability,
        expires_at=row.expires_at,
    )


__all__ = ["router"]
