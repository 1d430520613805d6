"""Resource requests that wait for a lead's answer, or for whoever asked."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from opale.delivery.resources import rights
from opale.delivery.resources.actions.requests import LIST
from opale.delivery.resources.queries import requests
from opale.delivery.resources.states import WAITS_FOR_LEAD
from opale.kernel.actor import Actor
from opale.ui.work_items import Source, Urgency, WorkItem


def requests_to_answer(actor: Actor, at: datetime, limit: int) -> Iterator[WorkItem]:
    """Return the requests that wait for the actor as a team lead, or as whoever asked."""
    rows = requests.waiting_requests(actor).select_related("team", "customer", "skill", "asked_by")
    for request in rows.order_by("since", "pk")[:limit]:
        leads = request.state in WAITS_FOR_LEAD
        yield WorkItem(
            thing=f"resources.request:{request.pk}",
            kind=_("Resource request"),
            icon="user-search",
            name=str(request),
            url=reverse("resources_show", args=[request.pk]),
            urgency=Urgency.ANSWER,
            reason=_("%(person)s is waiting for your answer") % {"person": request.asked_by}
            if leads
            else _("your request was answered"),
            note=str(request.customer or ""),
            team=request.team.name if leads else "",
        )


SOURCES = (Source("resources.requests", rights.READ, requests_to_answer, LIST),)
