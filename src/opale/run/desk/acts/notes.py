"""What is done to an internal note by its author, or by an administrator."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import SAVE, Place, Subject, form, remove
from opale.discussions.rights import MODERATE
from opale.run.desk.actions import note_edits
from opale.run.desk.forms.notes import NoteBody, NoteForm
from opale.run.desk.models import Message
from opale.run.desk.queries.note_readers import get_note
from opale.run.desk.rights import ASSIST, WORK
from opale.run.desk.shapes.tickets import NoteOut
from opale.ui.side_pane import targets_panel
from opale.ui.toasts import toast


def place_of_note(note: Message) -> Place:
    """Return the note's place on the page of its ticket, or of the escalation that it is on."""
    if note.assignment_id is None:
        url = reverse("desk_ticket", args=[note.ticket.number])
    else:
        url = reverse("desk_assignment", args=[note.assignment_id])
    return f"{url}#message-{note.pk}", note.ticket.reference


def _answer_in_panel(request: HttpRequest, _note: object, _made: object) -> HttpResponse | None:
    """Return what closes the panel: the page below it draws the note anew by itself."""
    if not targets_panel(request):
        return None
    return toast(HttpResponse(status=204), gettext("Note saved."))


NOTE = Subject(
    name="note", model=Message, get=get_note, shape=NoteOut,
    page="notes/<int:note_id>/", endpoint="/notes/{int:note_id}", home=place_of_note,
)  # fmt: skip
ACTS = (
    form(
        NOTE, note_edits.edit_note, "edit_note", WORK, NoteForm, body=NoteBody,
        noun="", page="edit", verb="PUT",
        title=_("Edit note"), label=_("Edit note"), submit=SAVE, said=_("Note saved."),
        others=(ASSIST,), optional={"files", "seen"},
        names={"text": "body", "files": "attachments", "seen": "mark"},
        initial=lambda note, _by: {
            "text": note_edits.as_markdown(note), "files": [f.pk for f in note.attachments.all()],
        },
        answer=_answer_in_panel,
        text="Its author alone changes it; `body` is Markdown, and its former text stays to be"
        " read. Without `attachments` its files stay as they are. With the `mark` of the note that"
        " was read, one that was edited since is refused.",
    ),
    remove(
        NOTE, note_edits.delete_note, "delete_note", WORK, page="delete", label=_("Delete note"),
        said=_("Note deleted."), stays=True, others=(ASSIST, MODERATE),
    ),
)  # fmt: skip
