"""Endpoints of designs: their data, sites, lines, versions and documents."""

from datetime import date
from typing import Annotated

from django.http import FileResponse
from ninja import File, Router, UploadedFile
from ninja.responses import Status
from pydantic import Field

from opale.delivery.designs.actions import documents
from opale.delivery.designs.listings import DESIGNS
from opale.delivery.designs.models import Design, DesignDocument, DesignVersion
from opale.delivery.designs.queries import designs
from opale.delivery.designs.rights import READ, WORK
from opale.delivery.designs.shapes import DesignDocumentOut, DesignOut, DesignVersionOut
from opale.endpoints.auth import may
from opale.endpoints.files import file_response
from opale.endpoints.http import ActorRequest
from opale.listings.endpoints import list_endpoint

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


list_endpoint(router, "/designs", DESIGNS, DesignOut, name="list_designs", text="Newest first.")


@router.get("/designs/{int:design_number}", response=DesignOut, auth=may(READ))
def get_design(request: ActorRequest, design_number: int) -> Design:
    return designs.get_design(design_number, seen_by=request.actor)


@router.get(
    "/designs/{int:design_number}/versions", response=list[DesignVersionOut], auth=may(READ)
)
def list_design_versions(request: ActorRequest, design_number: int) -> list[DesignVersion]:
    """Newest first, the present one is the first."""
    design = designs.get_design(design_number, seen_by=request.actor)
    return list(designs.versions_of(design, seen_by=request.actor))


@router.get(
    "/designs/{int:design_number}/documents", response=list[DesignDocumentOut], auth=may(READ)
)
def list_design_documents(request: ActorRequest, design_number: int) -> list[DesignDocument]:
    design = designs.get_design(design_number, seen_by=request.actor)
    return list(designs.documents_of(design, seen_by=request.actor))


@router.post(
    "/designs/{int:design_number}/documents", response={201: DesignDocumentOut}, auth=may(WORK)
)
def attach_design_document(
    request: ActorRequest, design_number: int, file: File[UploadedFile]
) -> Status[DesignDocument]:
    design = designs.get_design(design_number, seen_by=request.actor)
    made = documents.attach_document(design, file.name or "", file.chunks(), by=request.actor)
    return Status(201, made)


@router.get(
    "/designs/{int:design_number}/documents/{int:design_document_id}/content", auth=may(READ)
)
def get_design_document(
    request: ActorRequest, design_number: int, design_document_id: int
) -> FileResponse:
    design = designs.get_design(design_number, seen_by=request.actor)
    file = designs.get_document(design, design_document_id, seen_by=request.actor)
    return file_response(file.key, name=file.name, media_type=file.media_type)
