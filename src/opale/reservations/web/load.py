"""Pages of the load map: people down, weeks across, with the bench."""

from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.organisation.queries.people import get_person
from opale.organisation.queries.teams import teams
from opale.reservations.actions import reservations
from opale.reservations.queries import bench
from opale.reservations.queries import load as load_queries
from opale.reservations.queries import reservations as reservation_queries
from opale.reservations.queries.bench import AvailablePerson, Bench, Use
from opale.reservations.rights import READ, RESERVE
from opale.reservations.web.heatmap import cells, months
from opale.ui.components.lists import chips_of

WEEKS: Final = (13, 26, 52)
MOST_LEFT: Final = 20
AHEAD: Final = 13
"""The weeks shown of one person."""


@require_GET
@needs(READ)
def show(request: ActorRequest) -> HttpResponse:
    asked, actor = request.GET, request.actor
    weeks = next((n for n in WEEKS if str(n) == asked.get("weeks")), WEEKS[0])
    today = timezone.localtime(clock.now()).date()
    since = _day(asked.get("since", "")) or today
    team = asked.get("team", "")
    found = load_queries.load_map(
        seen_by=actor,
        since=since,
        weeks=weeks,
        team_id=int(team) if team.isdecimal() and len(team) < 10 else None,
        text=asked.get("q", ""),
    )
    shown = asked.copy()
    shown.setdefault("weeks", str(weeks))
    step = timedelta(weeks=max(1, weeks // 2))
    first = found.weeks[0]
    labels = [(str(n), ngettext("%(n)s week", "%(n)s weeks", n) % {"n": n}) for n in WEEKS]
    free = bench.bench(found, seen_by=actor)
    mondays = [monday.isoformat() for monday in found.weeks]
    context = {
        "months": months(found.weeks),
        "mondays": [(monday, monday == load_queries.monday_of(today)) for monday in found.weeks],
        "rows": [
            (row, cells(row, mondays, reverse("reservations_load_person", args=[row.person.pk])))
            for row in found.rows
        ],
        "bench": _bench(free, first, may=actor.can(RESERVE)),
        "run_share": free.run_share,
        "left_behind": list(reservation_queries.hours_of_leavers(seen_by=actor)[:MOST_LEFT]),
        "teams": teams(seen_by=actor).order_by("name"),
        "team": team,
        "text": asked.get("q", ""),
        "chips": chips_of(shown, "weeks", labels),
        "before": (first - step).isoformat(),
        "after": (first + step).isoformat(),
        "compact": weeks == WEEKS[-1],
        "topic": reservations.LIST,
    }
    template = "reservations/_load.html" if request.htmx else "reservations/load.html"
    return render(request, template, context)


@require_GET
@needs(READ)
def person(request: ActorRequest, person_id: int) -> HttpResponse:
    """Show one person's coming weeks, and the details of the selected one."""
    actor = request.actor
    who = get_person(person_id, seen_by=actor)
    today = timezone.localtime(clock.now()).date()
    week = load_queries.monday_of(_day(request.GET.get("week", "")) or today)
    first = min(week, load_queries.monday_of(today))
    count = max(AHEAD, (week - first).days // 7 + 1)
    found = load_queries.load_of([who], since=first, weeks=min(count, 2 * WEEKS[-1]))
    context = {
        "person": who,
        "monday": week,
        "friday": week + timedelta(days=4),
        "filling": load_queries.week_detail(who, week, seen_by=actor),
        "weeks": [
            (monday, load, monday == week)
            for monday, load in zip(found.weeks, found.rows[0].weeks, strict=True)
        ],
        "may_reserve": actor.can(RESERVE),
        "reserve_url": _reserve_url(who.pk, "", "", week, week + timedelta(days=4)),
    }
    return render(request, "reservations/person.html", context)


def _bench(found: Bench, first: date, *, may: bool) -> list[tuple[AvailablePerson, str]]:
    """Return the people with free time, with the address of the form that reserves it."""
    last = first + timedelta(weeks=4, days=-3)
    purposes = {Use.RESEARCH: _("R&D"), Use.RUN: _("Help for RUN")}
    return [
        (
            one,
            _reserve_url(one.person.pk, purposes[one.use], str(one.a_day), first, last)
            if may
            else "",
        )
        for one in found.people
    ]


def _reserve_url(person_id: int, purpose: str, hours: str, since: date, last: date) -> str:
    asked = {
        "purpose": purpose,
        "what": "person",
        "person": str(person_id),
        "hours": hours,
        "since": since.isoformat(),
        "last": last.isoformat(),
    }
    return f"{reverse('reservations_new')}?{urlencode(asked)}"


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2100 else None
