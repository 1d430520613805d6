"""Endpoints of the letterhead of mails."""

from ninja import File, Router, UploadedFile

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.messaging.actions import letterheads
from opale.messaging.models import Letterhead
from opale.messaging.queries import letterheads as letterhead_queries
from opale.messaging.rights import LETTERHEAD
from opale.messaging.shapes import LetterheadOut

VERSIONS = 30
router = Router(tags=["messaging"])


@router.get("/mail/letterhead", response=LetterheadOut, auth=may(LETTERHEAD))
def get_letterhead(request: ActorRequest) -> Letterhead:
    """The version in force; an empty one, without an id, where none was ever written."""
    return letterhead_queries.present_letterhead(seen_by=request.actor)


@router.get("/mail/letterhead/versions", response=list[LetterheadOut], auth=may(LETTERHEAD))
def list_letterhead_versions(request: ActorRequest) -> list[Letterhead]:
    """The newest 30, newest first."""
    return list(letterhead_queries.letterheads(seen_by=request.actor)[:VERSIONS])


@router.post("/mail/letterhead/logo", response=LetterheadOut, auth=may(LETTERHEAD))
def upload_letterhead_logo(request: ActorRequest, file: File[UploadedFile]) -> Letterhead:
    """Set the logo of mails from now on: a PNG, JPEG or WebP up to 256 KiB and 2000 pixels."""
    return letterheads.set_letterhead_logo(file.chunks(), by=request.actor)
