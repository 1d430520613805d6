"""Home page and *My work*: what needs the reader now, in order, with the reason for the order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.organisation.rights import DESK, F
from opale.run.desk.models import Ticket
from opale.run.desk.queries.queue_order import Queue, in_order
from opale.run.desk.queries.ticket_lists import nearest_deadlines, tickets_in, with_list_columns
from opale.run.desk.web.queue import Line, order_of
from opale.run.events.queries.alerts import worst_active_alerts
from opale.ui.components.lists import Tab
from opale.ui.keyset import first
from opale.ui.work_items import Urgency, Work, WorkItem, topics_for, work_of

SHOWN: Final = 8
SHOWN_WORK: Final = 12
CALENDAR: Final = "calendar"
WEEKS: Final = 5
SHOWN_DAY: Final = 6
LISTED: Final = 1000
"""Items of one source that *My work* lists."""
DESK_ROLES: Final = DESK
ALERT_ROLES: Final = DESK | {F.CORE_ENGINEER, F.TOOLS_ENGINEER}
DUE_ROLES: Final = DESK | {F.SERVICE_MANAGER}


@require_GET
@needs("")
def now(request: ActorRequest) -> HttpResponse:
    """Return the home page: the reader's work, then what their functions watch."""
    actor, at = request.actor, clock.now()
    if actor.contact_id is not None:
        return redirect("desk_own_list")
    found = work_of(actor, at)
    work = found.items
    context: dict[str, object] = {
        "work": work[:SHOWN_WORK],
        "count": _counted(found),
        "further": max(len(work) - SHOWN_WORK, 0),
        "has_more": found.has_more,
        "topics": topics_for(actor),
    }
    if actor.can("desk.console") and not actor.functions.isdisjoint(DESK_ROLES):
        queue = in_order(tickets_in("triage", seen_by=actor, at=at), at)
        rows = first(with_list_columns(queue.tickets), order_of(queue), SHOWN + 1)
        context["triage"] = _lines(queue, rows)
    if actor.can("desk.console") and not actor.functions.isdisjoint(DUE_ROLES):
        context["due"] = nearest_deadlines(seen_by=actor, limit=SHOWN)
    if actor.can("events.read") and not actor.functions.isdisjoint(ALERT_ROLES):
        context["alerts"] = worst_active_alerts(SHOWN, seen_by=actor)
    template = "web/_now.html" if request.htmx else "web/now.html"
    return render(request, template, context)


def _lines(queue: Queue, rows: list[Ticket]) -> list[Line]:
    return [Line.of(ticket, queue.opening) for ticket in rows]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Work that is due in one stretch of time."""

    label: str | Promise
    work: list[WorkItem]
    loud: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """Day of the calendar, with what is due on it."""

    on: date
    work: list[WorkItem]
    is_today: bool

    @property
    def shown(self) -> list[WorkItem]:
        return self.work[:SHOWN_DAY]

    @property
    def more(self) -> int:
        return len(self.work) - len(self.shown)


@require_GET
@needs("")
def my_work(request: ActorRequest) -> HttpResponse:
    """Return everything that is asked of the reader, by when it is due: a list or a calendar."""
    actor, at = request.actor, clock.now()
    if actor.contact_id is not None:
        return redirect("desk_own_list")
    found = work_of(actor, at, each=LISTED)
    work = found.items
    as_calendar = request.GET.get("view") == CALENDAR
    own_url = reverse("my_work")
    context: dict[str, object] = {
        "tabs": [
            Tab(_("List"), own_url, not as_calendar),
            Tab(_("Calendar"), f"{own_url}?view={CALENDAR}", as_calendar),
        ],
        "own_url": f"{own_url}?view={CALENDAR}" if as_calendar else own_url,
        "count": _counted(found),
        "topics": topics_for(actor),
    }
    if as_calendar:
        weeks = _weeks(work, at)
        last = weeks[-1][-1].on
        context |= {
            "weeks": weeks,
            "later": [one for one in work if one.due and localtime(one.due).date() > last],
            "undated": [one for one in work if not one.due],
        }
    else:
        context["stretches"] = list(_stretches(work, at))
    template = "web/_my_work.html" if request.htmx else "web/my_work.html"
    return render(request, template, context)


def _counted(found: Work) -> str:
    """Return how much work there is, "400+" where there is more than was read."""
    return f"{len(found.items)}+" if found.has_more else str(len(found.items))


def _weeks(work: list[WorkItem], at: datetime) -> list[list[Day]]:
    """Return the weeks of the calendar from this one; what is late stands on today."""
    today = localtime(at).date()
    monday = today - timedelta(days=today.weekday())
    on: dict[date, list[WorkItem]] = {}
    for item in work:
        if item.due is not None:
            on.setdefault(max(localtime(item.due).date(), today), []).append(item)
    days = [monday + timedelta(days=n) for n in range(7 * WEEKS)]
    shown = [Day(day, on.get(day, []), day == today) for day in days]
    return [shown[first : first + 7] for first in range(0, len(shown), 7)]


LABELS: Final = (
    _("Now"),
    _("Late"),
    _("Due today"),
    _("Waiting for your answer"),
    _("This week"),
    _("Later"),
    _("No date"),
)


def _stretches(work: list[WorkItem], at: datetime) -> Iterator[Stretch]:
    placed = sorted(work, key=lambda item: _stretch(item, at))
    for place, items in groupby(placed, key=lambda item: _stretch(item, at)):
        yield Stretch(LABELS[place], list(items), loud=place == 0)


def _stretch(item: WorkItem, at: datetime) -> int:
    """Return the index in LABELS of the stretch in which an item stands."""
    if item.urgency <= Urgency.CRITICAL:
        return 0
    if item.urgency < Urgency.OPEN:
        return int(item.urgency) - 1
    if item.due is None:
        return 6
    today = localtime(at).date()
    sunday = today + timedelta(days=6 - today.weekday())
    return 4 if localtime(item.due).date() <= sunday else 5
