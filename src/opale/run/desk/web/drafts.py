"""Drafts as the page keeps them while one types, and who else is writing."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opale.endpoints.http import AskedRequest, needs
from opale.run.desk import actions, queries
from opale.run.desk.actions import Writing
from opale.run.desk.models import WrittenDraft
from opale.run.desk.rights import WORK
from opale.run.desk.web.writing import modules_named
from opale.ui.toasts import toast, trigger


@require_http_methods(["GET", "POST"])
@needs(WORK)
def drafts(request: AskedRequest, number: int) -> HttpResponse:
    """The region that says who is writing; a POST keeps what is being written on this device."""
    if request.method == "POST":
        return _keep(request, number)
    ticket = queries.get_ticket(number, seen_by=request.actor)
    device = request.GET.get("device", "")[:40]
    here = queries.drafts_here(ticket, device, seen_by=request.actor)
    context = {"ticket": ticket, "device": device, "here": here}
    return render(request, "desk/writing/_drafts.html", context)


@require_POST
@needs(WORK)
def discarding(request: AskedRequest, draft_id: int) -> HttpResponse:
    draft = queries.get_draft(draft_id, seen_by=request.actor)
    actions.discard_draft(draft, by=request.actor)
    undo = reverse("desk_draft_restore", args=[draft_id])
    return toast(HttpResponse(status=204), _("Discarded."), undo=undo)


@require_POST
@needs(WORK)
def restoring(request: AskedRequest, draft_id: int) -> HttpResponse:
    draft = queries.get_draft(draft_id, seen_by=request.actor)
    return _given(actions.restore_draft(draft, by=request.actor))


@require_POST
@needs(WORK)
def takeover(request: AskedRequest, draft_id: int) -> HttpResponse:
    """The text of another device, or of a former owner, for the box of this page."""
    draft = queries.get_draft(draft_id, seen_by=request.actor)
    return _given(actions.take_over_draft(draft, by=request.actor))


def _keep(request: AskedRequest, number: int) -> HttpResponse:
    ticket, said = queries.follow(number, seen_by=request.actor), request.POST
    key, _colon, revision = said.get("continues", "").partition(":")
    writing = Writing(
        kind=said.get("kind", ""),
        device=said.get("device", ""),
        sitting=said.get("sitting", ""),
        body=said.get("body", "").replace("\r\n", "\n"),
        promise=said.get("next_update_at", ""),
        modules=tuple(modules_named(said)),
        continues=(int(key), int(revision)) if key.isdigit() and revision.isdigit() else None,
    )
    kept = actions.keep_draft(ticket, writing, by=request.actor)
    return JsonResponse({"id": kept.pk, "revision": kept.revision} if kept else {})


def _given(draft: WrittenDraft) -> HttpResponse:
    text = {
        "kind": draft.kind,
        "id": draft.pk,
        "revision": draft.revision,
        "body": draft.body,
        "promise": draft.promise,
        "modules": draft.modules,
    }
    return trigger(HttpResponse(status=204), "opale:draft", text)
