"""Endpoints of designs: what they are about, their sites, lines, versions and documents."""

from datetime import date
from typing import Annotated, Literal

from django.http import FileResponse
from ninja import File, Query, Router, Schema, UploadedFile
from ninja.responses import Status
from pydantic import Field

from opale.customers.queries.customers import get_customer
from opale.customers.queries.services import get_offering
from opale.delivery.designs.actions import designs, documents, lifecycle
from opale.delivery.designs.models import (
    Design,
    DesignDocument,
    DesignLine,
    DesignSite,
    DesignVersion,
)
from opale.delivery.designs.queries import designs as design_queries
from opale.delivery.designs.rights import READ, WORK
from opale.delivery.designs.shapes import (
    DesignDocumentOut,
    DesignLineOut,
    DesignOut,
    DesignSiteOut,
    DesignVersionOut,
    StateName,
)
from opale.endpoints.auth import may
from opale.endpoints.files import file_response
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.endpoints.references import resolve_reference
from opale.infrastructure.queries.items import get_site
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid, NotFound
from opale.organisation.models import Person
from opale.organisation.queries.people import get_person

router = Router(tags=["designs"])

RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]
Title = Annotated[str, Field(min_length=1, max_length=200)]
LongText = Annotated[str, Field(max_length=20_000)]
Share = Annotated[int, Field(ge=0, le=100)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
Count = Annotated[int, Field(ge=1, le=10_000)]
Options = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=60)], Annotated[str, Field(max_length=200)]],
    Field(max_length=50),
]


class DesignIn(Schema):
    """Without an architect, it is the customer's, else whoever asks."""

    customer_id: RowId
    title: Title
    requirements: LongText = ""
    architect_id: RowId | None = None
    wished_on: Day | None = None
    probability: Share = 50


class DesignChanges(Schema):
    title: Title = ""
    requirements: LongText = ""
    architect_id: RowId | None = None
    wished_on: Day | None = None
    probability: Share = 50


class DesignSiteIn(Schema):
    """`place_id` is the site as Opale knows it; `like_id` another one whose lines it gets too."""

    name: Title
    address: Annotated[str, Field(max_length=300)] = ""
    place_id: RowId | None = None
    like_id: RowId | None = None


class DesignLineIn(Schema):
    """Without `site_id` it is for the whole."""

    offering_id: RowId
    site_id: RowId | None = None
    quantity: Count = 1
    options: Options = {}


class DesignLineChanges(Schema):
    quantity: Count = 1
    options: Options = {}


class DesignReopened(Schema):
    note: Annotated[str, Field(max_length=300)] = ""


@router.get("/designs", response=Page[DesignOut], auth=may(READ))
def list_designs(
    request: ActorRequest,
    window: Query[Window],
    q: SearchText = "",
    state: StateName | Literal["", "open", "ended"] = "",
    customer_id: RowId | None = None,
    architect_id: RowId | None = None,
) -> Slice[Design]:
    """Newest first."""
    found = design_queries.designs(
        seen_by=request.actor,
        text=q,
        state=state,
        customer_id=customer_id,
        architect_id=architect_id,
    )
    return page(found, window, "-number")


@router.post("/designs", response={201: DesignOut}, auth=may(WORK))
def create_design(request: ActorRequest, body: DesignIn) -> Status[Design]:
    """A draft, without sites and lines yet."""
    by = request.actor
    said = body.dict(exclude={"customer_id", "architect_id"})
    made = designs.create_design(
        resolve_reference(get_customer, body.customer_id, field="customer_id", seen_by=by),
        said.pop("title"),
        by=by,
        architect=_person(body.architect_id, by),
        **said,
    )
    return Status(201, design_queries.get_design(made.number, seen_by=by))


@router.get("/designs/{int:design_number}", response=DesignOut, auth=may(READ))
def get_design(request: ActorRequest, design_number: int) -> Design:
    return design_queries.get_design(design_number, seen_by=request.actor)


@router.patch("/designs/{int:design_number}", response=DesignOut, auth=may(WORK))
def edit_design(request: ActorRequest, design_number: int, body: DesignChanges) -> Design:
    by = request.actor
    rows = design_queries.designs(seen_by=by).filter(number=design_number)
    with unless_changed(request, rows, DesignOut) as design:
        said = body.dict(exclude_unset=True)
        if "architect_id" in said:
            said["architect"] = _person(said.pop("architect_id"), by)
        designs.edit_design(design, by=by, **said)
    return design_queries.get_design(design_number, seen_by=by)


@router.get(
    "/designs/{int:design_number}/versions", response=list[DesignVersionOut], auth=may(READ)
)
def list_design_versions(request: ActorRequest, design_number: int) -> list[DesignVersion]:
    """Newest first, the present one is the first."""
    design = design_queries.get_design(design_number, seen_by=request.actor)
    return list(design_queries.versions_of(design, seen_by=request.actor))


@router.post(
    "/designs/{int:design_number}/versions", response={201: DesignVersionOut}, auth=may(WORK)
)
def reopen_design(
    request: ActorRequest, design_number: int, body: DesignReopened
) -> Status[DesignVersion]:
    """The next version, a copy of the present one."""
    design = design_queries.get_design(design_number, seen_by=request.actor)
    made = lifecycle.reopen_design(design, by=request.actor, note=body.note)
    design = design_queries.get_design(design_number, seen_by=request.actor)
    return Status(201, design_queries.version_of(design, seen_by=request.actor, number=made.number))


@router.post("/designs/{int:design_number}/sites", response={201: DesignSiteOut}, auth=may(WORK))
def add_design_site(
    request: ActorRequest, design_number: int, body: DesignSiteIn
) -> Status[DesignSite]:
    """A further site of the present version, which is unchecked by it."""
    by = request.actor
    design, version = _present(design_number, by)
    place = body.place_id
    made = designs.add_site(
        design,
        body.name,
        by=by,
        address=body.address,
        place=resolve_reference(get_site, place, field="place_id", seen_by=by) if place else None,
        like=_site(version, body.like_id, by, "like_id"),
    )
    return Status(201, made)


@router.delete(
    "/designs/{int:design_number}/sites/{int:design_site_id}",
    response={204: None},
    auth=may(WORK),
)
def remove_design_site(
    request: ActorRequest, design_number: int, design_site_id: int
) -> Status[None]:
    """With its lines."""
    _design, version = _present(design_number, request.actor)
    site = design_queries.get_site(version, design_site_id, seen_by=request.actor)
    designs.remove_site(site, by=request.actor)
    return Status(204, None)


@router.post("/designs/{int:design_number}/lines", response={201: DesignLineOut}, auth=may(WORK))
def add_design_line(
    request: ActorRequest, design_number: int, body: DesignLineIn
) -> Status[DesignLine]:
    by = request.actor
    design, version = _present(design_number, by)
    made = designs.add_line(
        design,
        resolve_reference(get_offering, body.offering_id, field="offering_id", seen_by=by),
        by=by,
        site=_site(version, body.site_id, by, "site_id"),
        quantity=body.quantity,
        options=body.options,
    )
    return Status(201, made)


@router.patch(
    "/designs/{int:design_number}/lines/{int:design_line_id}",
    response=DesignLineOut,
    auth=may(WORK),
)
def edit_design_line(
    request: ActorRequest, design_number: int, design_line_id: int, body: DesignLineChanges
) -> DesignLine:
    _design, version = _present(design_number, request.actor)
    rows = design_queries.lines(version, seen_by=request.actor).filter(pk=design_line_id)
    with unless_changed(request, rows, DesignLineOut) as line:
        designs.edit_line(line, by=request.actor, **body.dict(exclude_unset=True))
    return design_queries.get_line(version, design_line_id, seen_by=request.actor)


@router.delete(
    "/designs/{int:design_number}/lines/{int:design_line_id}",
    response={204: None},
    auth=may(WORK),
)
def remove_design_line(
    request: ActorRequest, design_number: int, design_line_id: int
) -> Status[None]:
    _design, version = _present(design_number, request.actor)
    line = design_queries.get_line(version, design_line_id, seen_by=request.actor)
    designs.remove_line(line, by=request.actor)
    return Status(204, None)


@router.get(
    "/designs/{int:design_number}/documents", response=list[DesignDocumentOut], auth=may(READ)
)
def list_design_documents(request: ActorRequest, design_number: int) -> list[DesignDocument]:
    design = design_queries.get_design(design_number, seen_by=request.actor)
    return list(design_queries.documents_of(design, seen_by=request.actor))


@router.post(
    "/designs/{int:design_number}/documents", response={201: DesignDocumentOut}, auth=may(WORK)
)
def attach_design_document(
    request: ActorRequest, design_number: int, file: File[UploadedFile]
) -> Status[DesignDocument]:
    design = design_queries.get_design(design_number, seen_by=request.actor)
    made = documents.attach_document(design, file.name or "", file.chunks(), by=request.actor)
    return Status(201, made)


@router.get(
    "/designs/{int:design_number}/documents/{int:design_document_id}/content", auth=may(READ)
)
def get_design_document(
    request: ActorRequest, design_number: int, design_document_id: int
) -> FileResponse:
    design = design_queries.get_design(design_number, seen_by=request.actor)
    file = design_queries.get_document(design, design_document_id, seen_by=request.actor)
    return file_response(file.key, name=file.name, media_type=file.media_type)


def _present(number: int, by: Actor) -> tuple[Design, DesignVersion]:
    design = design_queries.get_design(number, seen_by=by)
    return design, design_queries.version_of(design, seen_by=by)


def _site(version: DesignVersion, pk: int | None, by: Actor, field: str) -> DesignSite | None:
    """Errors: Invalid."""
    if pk is None:
        return None
    try:
        return design_queries.get_site(version, pk, seen_by=by)
    except NotFound as error:
        raise Invalid(**{field: error.sentence}) from None


def _person(pk: int | None, by: Actor) -> Person | None:
    return resolve_reference(get_person, pk, field="architect_id", seen_by=by) if pk else None
