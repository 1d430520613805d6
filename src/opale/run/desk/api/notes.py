"""Endpoints of internal notes; acts add the change and the deletion of one."""

from ninja import Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.kernel.history import FormerText
from opale.run.desk.models import Message
from opale.run.desk.queries import note_readers
from opale.run.desk.rights import ASSIST, CONSOLE
from opale.run.desk.shapes.tickets import FormerNoteOut, NoteOut

router = Router()


@router.get("/notes/{int:note_id}", response=NoteOut, auth=may(CONSOLE, ASSIST))
def get_note(request: ActorRequest, note_id: int) -> Message:
    return note_readers.get_note(note_id, seen_by=request.actor)


@router.get("/notes/{int:note_id}/history", response=list[FormerNoteOut], auth=may(CONSOLE, ASSIST))
def list_former_notes(request: ActorRequest, note_id: int) -> list[FormerText]:
    """The texts that a note had before its edits, the latest first."""
    note = note_readers.get_note(note_id, seen_by=request.actor)
    return note_readers.former_texts(note)
