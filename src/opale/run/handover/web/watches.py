"""Views of the desk's watches, and of the key that pages."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.infrastructure.queries.items import plain_items
from opale.run.handover.queries import permissions
from opale.run.handover.rights import READ, WORK
from opale.ui import pickers

MOST = 100


@require_GET
@needs(READ)
def index(request: ActorRequest) -> HttpResponse:
    found = permissions.list_watches(seen_by=request.actor)
    context = {
        "watched": found.exclude(state="over")[:MOST],
        "over": found.filter(state="over").order_by("-ended_at")[:20],
        "may_work": request.actor.can(WORK),
    }
    template = "handover/_watches.html" if request.htmx else "handover/watches.html"
    return render(request, template, context)


@require_GET
@needs(WORK)
def pick_item(request: ActorRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    found = plain_items(seen_by=request.actor).filter(name__icontains=text).order_by("name")
    shown = found[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(one.pk), one.name) for one in shown)
    )
