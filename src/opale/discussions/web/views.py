"""The discussion of a record: its comments, the editor, files, and watching."""

from collections.abc import Iterable

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opale.acts.declarations import SAVE
from opale.discussions import actions, queries
from opale.discussions.acts import place_of_comment
from opale.discussions.forms import CommentForm, editor_of_edit
from opale.discussions.models import Comment, CommentFile
from opale.discussions.queries import Record
from opale.discussions.rights import READ, WRITE
from opale.discussions.templatetags.discussion_context import (
    count_of,
    discussion_context,
    editor_of,
    list_context,
)
from opale.endpoints.files import file_response
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.organisation.queries.mentions import people_to_mention
from opale.ui.components.editor import drawn_preview
from opale.ui.forms import form_drawn
from opale.ui.markdown import render_markdown
from opale.ui.toasts import toast_next


@require_GET
@needs(READ)
def show(request: ActorRequest, record_type: str, record_id: int) -> HttpResponse:
    """Show the comments on a record: a page of its own, and to htmx the list alone."""
    record = queries.get_record(record_type, record_id, seen_by=request.actor)
    count = count_of(request.GET.get("count", ""))
    if request.htmx:
        context = list_context(record, request.actor, count=count)
        return render(request, "discussions/_list.html", context)
    context = discussion_context(record, request.actor, count=count)
    return render(request, "discussions/show.html", context)


@require_POST
@needs(WRITE)
def add(request: ActorRequest, record_type: str, record_id: int) -> HttpResponse:
    """Add a comment; a refusal keeps what was typed, with its reason beside it."""
    record = queries.get_record(record_type, record_id, seen_by=request.actor)
    text = request.POST.get("text", "")
    try:
        file_ids = [*_numbers(request.POST.getlist("files")), *_sent_files(request, record)]
        made = actions.add_comment(record, text, by=request.actor, file_ids=file_ids)
    except Invalid as refusal:
        return _refused(request, record, text, refusal.sentence)
    if not request.htmx:
        return redirect(queries.url_of_comment(made.pk, record))
    context = discussion_context(record, request.actor)
    return render(request, "discussions/_added.html", context)


def _sent_files(request: ActorRequest, record: Record) -> list[int]:
    """Store the files that a browser without JavaScript sends with the comment."""
    return [
        actions.attach_file(record, file.name or "", file.chunks(), by=request.actor).pk
        for file in request.FILES.getlist("file")
    ]


def _refused(request: ActorRequest, record: Record, text: str, reason: str) -> HttpResponse:
    if request.htmx:
        # What was typed stays where it is: the reason alone is drawn beside it.
        said = render(request, "ui/_editor_error.html", {"error": reason}, status=422)
        said.headers["HX-Retarget"] = f"#{editor_of(record, []).error_id}"
        said.headers["HX-Reswap"] = "innerHTML"
        return said
    context = discussion_context(record, request.actor, text=text, error=reason)
    return render(request, "discussions/show.html", context, status=422)


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isdecimal() and len(text) < 19]


@require_POST
@needs(WRITE)
def preview(request: ActorRequest, record_type: str, record_id: int) -> HttpResponse:
    """Show what a comment will look like: to a browser without scripts, below the editor."""
    record = queries.get_record(record_type, record_id, seen_by=request.actor)
    text = request.POST.get("text", "")[: actions.LONGEST]
    waiting = queries.waiting_files(record, seen_by=request.actor)
    drawn = drawn_preview(text, _pictures(waiting))
    if request.htmx:
        return HttpResponse(drawn)
    context = discussion_context(record, request.actor, text=text, preview=drawn)
    return render(request, "discussions/show.html", context)


@require_GET
@needs(READ)
def history(request: ActorRequest, comment_id: int) -> HttpResponse:
    """Show the former texts of a comment, to htmx in its place, else on a page of their own."""
    comment = queries.get_comment(comment_id, seen_by=request.actor)
    pictures = _pictures(comment.files.all())
    former = [
        (one.replaced_at, render_markdown(one.text, pictures))
        for one in queries.former_texts(comment)
    ]
    place, label = place_of_comment(comment)
    template = "ui/_former_texts.html" if request.htmx else "ui/former_texts.html"
    return render(request, template, {"former": former, "back": place, "back_label": label})


@require_POST
@needs(WRITE)
def preview_edit(request: ActorRequest, comment_id: int) -> HttpResponse:
    """Show what an edited comment will look like: to a browser without scripts, below the form."""
    comment = queries.get_comment(comment_id, seen_by=request.actor)
    text = request.POST.get("text", "")[: actions.LONGEST]
    files = queries.files_to_choose(comment, seen_by=request.actor)
    drawn = drawn_preview(text, _pictures(files))
    if request.htmx:
        return HttpResponse(drawn)
    form = CommentForm(request.POST, comment=comment, preview=drawn, by=request.actor)
    place, label = place_of_comment(comment)
    return form_drawn(
        request,
        form,
        title=_("Edit comment"),
        button=SAVE,
        back=place,
        back_label=label,
        about={"action": reverse("discussions_edit_comment", args=[comment.pk])},
    )


def _pictures(files: Iterable[CommentFile]) -> dict[str, str]:
    return {f"file:{file.pk}": reverse("discussions_file", args=[file.pk]) for file in files}


@require_GET
@needs(WRITE)
def people(request: ActorRequest, record_type: str, record_id: int) -> HttpResponse:
    """Offer people to mention, by what was typed of a name."""
    record = queries.get_record(record_type, record_id, seen_by=request.actor)
    text = request.GET.get("q", "")[:100]
    offered = people_to_mention(text, queries.audience_of(record), seen_by=request.actor)
    return render(request, "ui/_editor_people.html", {"people": offered})


@require_POST
@needs(WRITE)
def attach(request: ActorRequest, record_type: str, record_id: int) -> HttpResponse:
    """Store files that wait for a comment, and show those that wait, with the refused ones."""
    record = queries.get_record(record_type, record_id, seen_by=request.actor)
    return _attached(request, record, None)


@require_POST
@needs(WRITE)
def attach_edit(request: ActorRequest, comment_id: int) -> HttpResponse:
    """Store files that wait for the edit of one's comment, and show those that wait."""
    comment = queries.get_comment(comment_id, seen_by=request.actor)
    record = queries.get_record(comment.record_type, comment.record_id, seen_by=request.actor)
    return _attached(request, record, comment)


def _attached(request: ActorRequest, record: Record, edited: Comment | None) -> HttpResponse:
    refused: list[str] = []
    for file in request.FILES.getlist("file"):
        name = file.name or ""
        try:
            actions.attach_file(record, name, file.chunks(), by=request.actor, edited=edited)
        except Invalid as refusal:
            refused.append(f"{name}: {refusal.sentence}")
    return _waiting(request, record, refused, edited)


@require_POST
@needs(WRITE)
def remove(request: ActorRequest, comment_file_id: int) -> HttpResponse:
    """Remove a file that waits for a comment."""
    file = queries.get_file(comment_file_id, seen_by=request.actor)
    record = queries.get_record(file.record_type, file.record_id, seen_by=request.actor)
    actions.remove_file(file, by=request.actor)
    return _waiting(request, record, [], file.edited_comment)


def _waiting(
    request: ActorRequest, record: Record, refused: list[str], edited: Comment | None
) -> HttpResponse:
    if not request.htmx:
        for sentence in refused:
            toast_next(request, sentence)
        return redirect("discussions_show", record.type, record.id)
    if edited is None:
        editor = editor_of(record, queries.waiting_files(record, seen_by=request.actor))
    else:
        editor = editor_of_edit(edited, seen_by=request.actor, chosen=())
    context = {"editor": editor, "refused": refused}
    return render(request, "ui/_editor_files.html", context)


@require_POST
@needs(WRITE)
def watch(request: ActorRequest, record_type: str, record_id: int) -> HttpResponse:
    """Watch a record, or stop watching it."""
    record = queries.get_record(record_type, record_id, seen_by=request.actor)
    watching = request.POST.get("watching") == "1"
    actions.set_watching(record, by=request.actor, watching=watching)
    if request.htmx:
        return _listed(request, record, request.actor)
    toast_next(request, _("You watch this discussion.") if watching else _("No longer watched."))
    return redirect(record.url)


def _listed(request: ActorRequest, record: Record, actor: Actor) -> HttpResponse:
    return render(request, "discussions/_list.html", list_context(record, actor))


@require_GET
@needs(READ)
def content(request: ActorRequest, comment_file_id: int) -> FileResponse:
    file = queries.get_file(comment_file_id, seen_by=request.actor)
    return file_response(file.key, name=file.name, media_type=file.media_type)
