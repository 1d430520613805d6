"""Pages of the record of a change of shift: read, print, search, sign."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.acts.regions import answered
from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.kernel.errors import NotFound
from opale.kernel.whole_numbers import parse_number, parse_numbers
from opale.organisation.queries.people import get_person
from opale.run.handover.actions import cards, departures, signatures
from opale.run.handover.acts import region_of_record
from opale.run.handover.queries import permissions, records
from opale.run.handover.rights import READ, WORK
from opale.run.handover.web.record_page import block_lines, handover_context, record_context
from opale.ui.toasts import toast_next

form_verbs = require_http_methods(["GET", "POST"])


@require_GET
@needs(READ)
def now(request: ActorRequest) -> HttpResponse:
    """Show the open record most relevant to the reader, else the list of all."""
    held = records.current_handover(request.actor.person_id, seen_by=request.actor)
    return redirect("handover_show", held.pk) if held else redirect("handover_list")


@require_GET
@needs(READ)
def show(request: ActorRequest, handover_id: int) -> HttpResponse:
    held = records.get_handover(handover_id, seen_by=request.actor)
    template = "handover/_record.html" if request.htmx else "handover/show.html"
    return render(request, template, record_context(held, seen_by=request.actor))


@require_GET
@needs(READ)
def paper(request: ActorRequest, handover_id: int) -> HttpResponse:
    held = records.get_handover(handover_id, seen_by=request.actor)
    items = records.items_of(held, seen_by=request.actor).exclude(state="gone")
    context: dict[str, Any] = handover_context(held, seen_by=request.actor) | {
        "all_cards": block_lines(items.order_by("place", "told__priority", "due_at")),
        "printed_at": clock.now(),
    }
    said: dict[str, Any] = context["situation"]
    context["sections"] = [
        (_("Open incidents"), said["incidents"]),
        (_("Watch list"), said["watched"]),
        (_("Muted alerts"), said["muted"]),
        (_("Scheduled work"), said["coming"]),
        (_("Next shift"), said["staffing"]),
    ]
    return render(request, "handover/print.html", context)


@require_GET
@needs(READ)
def block(request: ActorRequest, handover_id: int, leaver_id: int) -> HttpResponse:
    """Return the tickets of a block, loaded when it is opened."""
    held = records.get_handover(handover_id, seen_by=request.actor)
    rows = records.items_of(held, seen_by=request.actor).filter(place="block", leaver=leaver_id)
    lines = block_lines(rows.exclude(state="gone").order_by("told__priority", "due_at", "pk"))
    return render(request, "handover/_lines.html", {"lines": lines})


@require_POST
@needs(WORK)
def unsign(request: ActorRequest, handover_id: int) -> HttpResponse:
    held = records.get_handover(handover_id, seen_by=request.actor)
    side: permissions.Side = "arriving" if request.GET.get("side") == "arriving" else "leaving"
    signatures.unsign(held, side, by=request.actor)
    return _record(request, held.pk, _("Signature withdrawn."))


@form_verbs
@needs(WORK)
def leaving(request: ActorRequest) -> HttpResponse:
    """End a shift early, after showing what follows from it."""
    asked = request.POST.get("person") or request.GET.get("person") or request.actor.person_id
    key = parse_number(asked)
    if key is None:
        raise NotFound
    person = get_person(key, seen_by=request.actor)
    if request.method == "POST":
        made = departures.leave_early(person, by=request.actor)
        toast_next(
            request, _("Shift ended. The remaining tickets are proposed to your colleagues.")
        )
        return to(request, reverse("handover_show", args=[made.pk]))
    return render(request, "handover/leaving.html", {"person": person})


@require_POST
@needs(WORK)
def undo(request: ActorRequest, handover_id: int) -> HttpResponse:
    """Undo the acceptance of named cards, or of a block."""
    held = records.get_handover(handover_id, seen_by=request.actor)
    leaver, named = parse_number(request.GET.get("leaver")), request.GET.get("items", "")
    if leaver is not None:
        own = records.items_of(held, seen_by=request.actor).filter(
            place="block", leaver=leaver, taker=request.actor.person_id or 0
        )
        ids = list(own.values_list("pk", flat=True))
    else:
        ids = parse_numbers(named.split(","))
    cards.undo_acceptance(held, ids, by=request.actor)
    return _record(request, held.pk, _("Acceptance undone."))


def _record(request: ActorRequest, handover_id: int, said: str) -> HttpResponse:
    """Return the updated record, with a toast of what was done."""
    url = region_of_record(handover_id)
    return answered(request, said, region=url) or redirect(url)


def to(request: ActorRequest, url: str) -> HttpResponse:
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)
