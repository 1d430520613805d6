"""Endpoints of checks, of a design's reservations, and of the customer's acceptance."""

from typing import Annotated

from ninja import Router, Schema
from pydantic import Field

from opale.customers.queries.customers import get_contact
from opale.delivery.designs.actions import documents
from opale.delivery.designs.acts import checked, held_for
from opale.delivery.designs.api.designs import Day, RowId
from opale.delivery.designs.models import Acceptance
from opale.delivery.designs.queries import designs
from opale.delivery.designs.rights import READ, WORK
from opale.delivery.designs.shapes import AcceptanceOut, DesignCheckOut, DesignReservationOut
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.references import resolve_reference
from opale.kernel.errors import Invalid, NotFound
from opale.reservations.models import Reservation

router = Router()


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
    return checked(design, found)


@router.get(
    "/designs/{int:design_number}/reservation", response=DesignReservationOut, auth=may(READ)
)
def get_design_hold(request: ActorRequest, design_number: int) -> Reservation:
    """The last one that was made for the present version."""
    design = designs.get_design(design_number, seen_by=request.actor)
    return held_for(design, seen_by=request.actor)


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


__all__ = ["router"]
