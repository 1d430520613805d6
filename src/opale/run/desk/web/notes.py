"""Internal notes that are edited: former texts, preview, files; and messages as quotes."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import linebreaks_filter
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opale.acts.declarations import SAVE
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import Invalid
from opale.kernel.history import FormerText
from opale.kernel.text_limits import LONGEST_TEXT
from opale.run.desk.actions import attachments, note_edits
from opale.run.desk.acts.notes import place_of_note
from opale.run.desk.forms.notes import NoteForm, editor_of_note
from opale.run.desk.models import Message
from opale.run.desk.queries.attachments import files_to_choose, picture_urls
from opale.run.desk.queries.note_readers import former_texts, get_note
from opale.run.desk.queries.timeline import get_message
from opale.run.desk.rights import ASSIST, CONSOLE, WORK
from opale.ui.components.editor import drawn_preview
from opale.ui.forms import form_drawn
from opale.ui.markdown import render_markdown
from opale.ui.toasts import toast_next


@require_GET
@needs(CONSOLE, ASSIST)
def history(request: ActorRequest, note_id: int) -> HttpResponse:
    """Show the former texts of a note, to htmx in its place, else on a page of their own."""
    note = get_note(note_id, seen_by=request.actor)
    former = [(one.replaced_at, _drawn(one, note)) for one in former_texts(note)]
    place, label = place_of_note(note)
    template = "ui/_former_texts.html" if request.htmx else "ui/former_texts.html"
    return render(request, template, {"former": former, "back": place, "back_label": label})


def _drawn(former: FormerText, note: Message) -> SafeString:
    if former.version.format == Message.Format.PLAIN:
        return SafeString(linebreaks_filter(former.text, autoescape=True))
    return render_markdown(former.text, picture_urls(note.ticket, note.attachments.all()))


@require_POST
@needs(WORK, ASSIST)
def preview(request: ActorRequest, note_id: int) -> HttpResponse:
    """Show what an edited note will look like: to a browser without scripts, below the form."""
    note = get_note(note_id, seen_by=request.actor)
    files = files_to_choose(note, seen_by=request.actor)
    text = request.POST.get("text", "")[:LONGEST_TEXT]
    drawn = drawn_preview(text, picture_urls(note.ticket, files))
    if request.htmx:
        return HttpResponse(drawn)
    form = NoteForm(request.POST, note=note, preview=drawn, by=request.actor)
    place, label = place_of_note(note)
    return form_drawn(
        request,
        form,
        title=_("Edit note"),
        button=SAVE,
        back=place,
        back_label=label,
        about={"action": reverse("desk_edit_note", args=[note.pk])},
    )


@require_POST
@needs(WORK)
def attach(request: ActorRequest, note_id: int) -> HttpResponse:
    """Store files that wait for the edit of one's note, and show those that wait."""
    note = get_note(note_id, seen_by=request.actor)
    refused: list[str] = []
    for file in request.FILES.getlist("file"):
        name = file.name or ""
        try:
            attachments.attach_file(
                note.ticket, name, file.chunks(), by=request.actor, edited_note=note
            )
        except Invalid as refusal:
            refused.append(f"{name}: {refusal.sentence}")
    return waiting_for_edit(request, note, refused)


def waiting_for_edit(request: ActorRequest, note: Message, refused: list[str]) -> HttpResponse:
    """Return the files that wait for the edit of a note, with the sentences of refused ones."""
    if not request.htmx:
        for sentence in refused:
            toast_next(request, sentence)
        return redirect("desk_edit_note", note.pk)
    editor = editor_of_note(note, seen_by=request.actor, chosen=())
    return render(request, "ui/_editor_files.html", {"editor": editor, "refused": refused})


@require_GET
@needs(CONSOLE, ASSIST)
def quote(request: ActorRequest, message_id: int) -> HttpResponse:
    """Return what a message or a note said, in Markdown, for the box that quotes it."""
    if request.actor.can(CONSOLE):
        found = get_message(message_id, seen_by=request.actor)
    else:
        found = get_note(message_id, seen_by=request.actor)
    response = HttpResponse(note_edits.as_markdown(found), content_type="text/plain; charset=utf-8")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
