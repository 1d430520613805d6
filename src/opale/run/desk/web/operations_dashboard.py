"""The operations dashboard: each figure leads to its list."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opale.customers.models import Stream
from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.organisation.queries.people import get_person
from opale.run.desk.queries import operations_dashboard, queue_order, ticket_lists
from opale.run.desk.queries.operations_dashboard import AGES
from opale.run.desk.rights import CONSOLE, WORK
from opale.run.desk.web.queue import NEWEST_FIRST, Line, order_of
from opale.ui.components.charts import Chart, Series
from opale.ui.components.lists import Chip
from opale.ui.keyset import page

STREAMS = [
    ("", gettext_lazy("All streams")),
    *Stream.choices,
    ("none", gettext_lazy("No stream")),
]
TITLES: dict[str, str | Promise] = {
    "late": gettext_lazy("Overdue SLA targets"),
    "due-1h": gettext_lazy("Due within 1 hour"),
    "due-4h": gettext_lazy("Due within 4 hours"),
    "not-accepted": gettext_lazy("Escalations not accepted"),
    "waiting-long": gettext_lazy("Waiting for the customer for more than 3 days"),
    "broken-today": gettext_lazy("SLA breaches today"),
    "by-triage": gettext_lazy("With the agent on triage duty"),
    "by-lead": gettext_lazy("With the shift lead"),
    "by-manager": gettext_lazy("With the on-call manager"),
    "ownerless": gettext_lazy("No owner"),
    "age": gettext_lazy("Age of open tickets"),
    "owner": gettext_lazy("Assigned tickets"),
}
AT_RISK = ("late", "due-1h", "due-4h", "broken-today")
STUCK = ("not-accepted", "waiting-long")
HELD = ("by-triage", "by-lead", "by-manager", "ownerless")
LOUD = frozenset({"late", "broken-today", "ownerless"})
AGE_NAMES = (
    gettext_lazy("under 1 h"),
    gettext_lazy("1 to 4 h"),
    gettext_lazy("4 to 24 h"),
    gettext_lazy("1 to 3 days"),
    gettext_lazy("3 to 7 days"),
    gettext_lazy("over 7 days"),
)
ROLES = ("accent", "info", "quiet")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that leads to its tickets."""

    label: str | Promise
    count: int
    url: str
    loud: bool = False


@require_GET
@needs(CONSOLE)
def board(request: ActorRequest) -> HttpResponse:
    stream = request.GET.get("stream", "")
    stream = stream if stream in dict(STREAMS) else ""
    found = operations_dashboard.get_dashboard(seen_by=request.actor, at=clock.now(), stream=stream)

    def figures(names: tuple[str, ...]) -> list[Figure]:
        return [
            Figure(
                TITLES[name],
                found.figures[name],
                _url(name, stream),
                name in LOUD and found.figures[name] > 0,
            )
            for name in names
        ]

    context = {
        "board": found,
        "at_risk": figures(AT_RISK),
        "stuck": figures(STUCK),
        "held": figures(HELD),
        "ages": _ages(found),
        "age_links": _age_links(found, stream),
        "hands": [(hand, _url("owner", stream, str(hand.person.pk))) for hand in found.hands],
        "streams": [Chip(name, _here(key), on=key == stream) for key, name in STREAMS],
    }
    template = "desk/lead/_board.html" if request.htmx else "desk/lead/board.html"
    return render(request, template, context)


@require_GET
@needs(CONSOLE)
def tickets(request: ActorRequest, name: str) -> HttpResponse:
    """Show the tickets behind a figure, in the order of the queue."""
    stream, of = request.GET.get("stream", ""), request.GET.get("of", "")
    if name not in TITLES or (name in ("age", "owner") and not of.isdecimal()) or len(of) > 18:
        raise Http404
    if name == "age" and int(of) > len(AGES):
        raise Http404
    at = clock.now()
    rows = operations_dashboard.tickets_behind_figure(
        name, seen_by=request.actor, at=at, stream=stream, of=of
    )
    title = TITLES[name]
    if name == "age":
        title = AGE_NAMES[int(of)]
    elif name == "owner":
        title = get_person(int(of), seen_by=request.actor).name
    if name == "broken-today":
        found, opening = page(ticket_lists.with_list_columns(rows), NEWEST_FIRST, request.GET), None
    else:
        queue = queue_order.in_order(rows, at)
        found = page(ticket_lists.with_list_columns(queue.tickets), order_of(queue), request.GET)
        opening = queue.opening
    context = {
        "title": title,
        "page": found,
        "lines": [Line.of(ticket, opening) for ticket in found.rows],
        "works": request.actor.can(WORK),
    }
    template = "desk/lead/_tickets.html" if request.htmx else "desk/lead/tickets.html"
    return render(request, template, context)


def _url(name: str, stream: str, of: str = "") -> str:
    said = "&".join(f"{key}={value}" for key, value in (("stream", stream), ("of", of)) if value)
    url = reverse("desk_lead_tickets", args=[name])
    return f"{url}?{said}" if said else url


def _here(stream: str) -> str:
    url = reverse("desk_lead")
    return f"{url}?stream={stream}" if stream else url


def _ages(found: operations_dashboard.Dashboard) -> Chart:
    names = [*Stream.choices, ("", _("No stream"))]
    return Chart(
        title=_("Age of open tickets"),
        steps=[str(name) for name in AGE_NAMES],
        series=[
            Series(str(name), found.ages.get(key, [0] * len(AGE_NAMES)), role, "bar")
            for (key, name), role in zip(names, ROLES, strict=True)
            if key in found.ages
        ],
        unit=_("open tickets"),
        stacked=True,
    )


def _age_links(found: operations_dashboard.Dashboard, stream: str) -> list[Figure]:
    sums = [sum(column) for column in zip(*found.ages.values(), strict=True)] if found.ages else []
    return [
        Figure(AGE_NAMES[bucket], number, _url("age", stream, str(bucket)))
        for bucket, number in enumerate(sums or [0] * len(AGE_NAMES))
    ]
