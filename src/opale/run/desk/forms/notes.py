"""The editor of an internal note that its author edits."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.kernel.actor import Actor
from opale.kernel.text_limits import LONGEST_TEXT
from opale.run.desk.models import Attachment, Message
from opale.run.desk.queries.attachments import files_to_choose
from opale.run.desk.rights import WORK
from opale.ui.components.editor import Editor, EditorFile
from opale.ui.edited_texts import EditedTextForm, edit_mark
from opale.ui.markup import EMPTY


def editor_of_note(
    note: Message, *, seen_by: Actor, chosen: Collection[int], preview: SafeString = EMPTY
) -> Editor:
    """Return the editor of a note: of its files those `chosen` stay. Who works on an escalation
    alone attaches nothing, as when the note was written."""
    if note.assignment_id is not None:
        people_url = reverse("desk_assignment_people", args=[note.assignment_id])
    else:
        people_url = reverse("desk_note_people", args=[note.ticket.number])
    files = list(files_to_choose(note, seen_by=seen_by))
    return Editor(
        topic=f"desk.note:{note.pk}",
        label=gettext("Internal note"),
        longest=LONGEST_TEXT,
        preview_url=reverse("desk_preview_note", args=[note.pk]),
        people_url=people_url,
        files_url=reverse("desk_attach_to_note", args=[note.pk]) if seen_by.can(WORK) else "",
        kept=[_file(file, note, chosen) for file in files if file.message_id],
        files=[_file(file, note, chosen) for file in files if not file.message_id],
        preview=preview,
    )


def _file(file: Attachment, note: Message, chosen: Collection[int]) -> EditorFile:
    address = [note.ticket.number, file.pk]
    waits = file.message_id is None
    return EditorFile(
        id=file.pk,
        name=file.name,
        size_bytes=file.size_bytes,
        url=reverse("desk_attachment", args=address),
        removal_url=reverse("desk_attachment_withdraw", args=address) if waits else "",
        chosen=file.pk in chosen,
        markdown=file.as_markdown if waits and file.is_picture else "",
    )


class NoteForm(EditedTextForm):
    """Text and files of a note."""

    text = forms.CharField(label=_("Internal note"), max_length=LONGEST_TEXT)

    def __init__(self, *args: Any, note: Message, **kwargs: Any) -> None:
        self.note = note
        super().__init__(*args, **kwargs)

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"files": files_to_choose(self.note, seen_by=self.by)}

    def editor(self, chosen: Collection[int], preview: SafeString) -> Editor:
        return editor_of_note(self.note, seen_by=self.by, chosen=chosen, preview=preview)

    @property
    def mark(self) -> str:
        return edit_mark(self.note.body, self.note.edited_at)


class NoteBody(NoteForm):
    """What programs send of a note: the action refuses the mark of another text."""

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data
