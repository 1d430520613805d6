"""Drafts saved while typing, and who else is writing."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.whole_numbers import parse_number
from opale.run.desk.actions import drafts as draft_actions
from opale.run.desk.actions.drafts import DraftInput
from opale.run.desk.queries import drafts as draft_queries
from opale.run.desk.queries import links, tickets
from opale.run.desk.rights import WORK
from opale.run.desk.web.reply_box import submitted_modules


@require_http_methods(["GET", "POST"])
@needs(WORK)
def drafts(request: ActorRequest, number: int) -> HttpResponse:
    """Show who is writing; a POST saves the draft of this device."""
    if request.method == "POST":
        return _keep(request, number)
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    device = request.GET.get("device", "")[:40]
    here = draft_queries.drafts_here(ticket, device, seen_by=request.actor)
    context = {"ticket": ticket, "device": device, "here": here}
    return render(request, "desk/writing/_drafts.html", context)


def _keep(request: ActorRequest, number: int) -> HttpResponse:
    ticket, said = links.get_surviving_ticket(number, seen_by=request.actor), request.POST
    known, _colon, read = said.get("continues", "").partition(":")
    key, revision = parse_number(known), parse_number(read)
    writing = DraftInput(
        kind=said.get("kind", ""),
        device=said.get("device", ""),
        sitting=said.get("sitting", ""),
        body=said.get("body", "").replace("\r\n", "\n"),
        promise=said.get("next_update_at", ""),
        modules=tuple(submitted_modules(said)),
        continues=None if key is None or revision is None else (key, revision),
    )
    kept = draft_actions.save_draft(ticket, writing, by=request.actor)
    return JsonResponse({"id": kept.pk, "revision": kept.revision} if kept else {})
