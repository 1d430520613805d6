"""Region of the page Now: what a project manager must attend to."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from opale.delivery.projects.actions import plans
from opale.delivery.projects.domain.day_differences import later
from opale.delivery.projects.models import Party
from opale.delivery.projects.queries import attention
from opale.delivery.projects.queries.attention import AttentionItem
from opale.delivery.projects.rights import WORK
from opale.delivery.resources.states import RequestState
from opale.endpoints.http import ActorRequest, needs

ICONS: Final = {
    "promise": "truck",
    "late": "flag",
    "milestone": "flag",
    "wish": "calendar",
    "expiry": "hourglass",
    "answer": "user-search",
    "deliverable": "file-text",
    "action": "checklist",
    "hours": "calendar-event",
}


@dataclass(frozen=True, slots=True)
class Waited:
    label: str
    url: str


@require_GET
@needs(WORK)
def now(request: ActorRequest) -> HttpResponse:
    """Return whom the projects of the reader wait for."""
    waited = attention.waiting_counts(seen_by=request.actor)
    context = {
        "waited": [_waited(party, n) for party, n in sorted(waited.items())],
        "topic": plans.LIST,
    }
    return render(request, "projects/_now.html", context)


def subject_of(one: AttentionItem) -> str:
    thing = one.package or one.deliverable
    if one.project is not None and thing is not None:
        return f"{one.project.reference} · {thing.title}"
    if one.project is not None and one.action is not None:
        return f"{one.project.reference} · {one.action.title}"
    if one.project is not None:
        return f"{one.project.reference} · {one.project.name}"
    return str(one.request or one.reservation or "")


def reason_of(one: AttentionItem, day: date) -> str:
    if one.kind == "promise":
        if one.on == day:
            return _("carrier date is today")
        return _("carrier date missed")
    if one.kind == "milestone":
        return _("%(later)s than promised") % {"later": later(one.days)}
    if one.kind == "late":
        promised = one.project is not None and one.project.promised_on is not None
        sentence = (
            _("the end is %(later)s than promised")
            if promised
            else _("the end is %(later)s than wanted")
        )
        return sentence % {"later": later(one.days)}
    if one.kind == "wish":
        return _("the customer wants another date")
    if one.kind == "expiry":
        return _("expires unless it is confirmed")
    if one.kind == "answer" and one.request is not None:
        return _answer(one.request.state, one.request.counter_on)
    if one.kind == "deliverable":
        return _("awaiting acceptance")
    if one.kind == "hours":
        return ngettext(
            "hours of %(n)s task reserved on other days",
            "hours of %(n)s tasks reserved on other days",
            one.days,
        ) % {"n": one.days}
    return pgettext("an action", "due")


def _answer(state: str, counter_on: date | None) -> str:
    if state == RequestState.COUNTERED and counter_on is not None:
        day = date_format(counter_on, "SHORT_DATE_FORMAT")
        return _("possible from %(day)s") % {"day": day}
    if state == RequestState.REFUSED:
        return _("refused: replan")
    return _("candidates proposed")


def url_of(one: AttentionItem) -> str:
    if one.request is not None:
        return reverse("resources_show", args=[one.request.pk])
    if one.reservation is not None:
        return reverse("reservations_show", args=[one.reservation.pk])
    pages = {"deliverable": "projects_proofs", "action": "projects_following"}
    name = pages.get(one.kind, "projects_promises" if one.kind == "milestone" else "projects_show")
    return reverse(name, args=[one.project.number if one.project else 0])


def _waited(party: Party, n: int) -> Waited:
    url = f"{reverse('projects_list')}?mine=1&waits_for={party}"
    return Waited(f"{party.label} · {n}", url)
