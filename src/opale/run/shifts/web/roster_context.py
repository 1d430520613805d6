"""Contexts of the pages of the roster."""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opale.endpoints.http import ActorRequest
from opale.kernel import clock
from opale.kernel.dates import parse_instant
from opale.kernel.errors import NotFound
from opale.kernel.whole_numbers import parse_number
from opale.organisation.models import Team
from opale.organisation.queries.teams import get_team
from opale.run.shifts import rights
from opale.run.shifts.acts.subjects import MONTH, roster_url
from opale.run.shifts.domain.erlang_c import ServiceLevel
from opale.run.shifts.models import Duty
from opale.run.shifts.queries import backlog, demand, duties, news, swaps, troubles
from opale.run.shifts.queries.breach_texts import RULES, span_text, trouble_text
from opale.run.shifts.queries.roster import DAYS, MissingCover, Roster, RosterLine, roster
from opale.run.shifts.queries.troubles import Trouble
from opale.run.shifts.web.roster_cells import CellRenderer
from opale.ui.components.lists import Chip, Tab

SHOWN = 10
SHIFT = timedelta(hours=8)
PROMISED = ServiceLevel()
MINE = 40
LISTED = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table with its cells rendered."""

    key: str
    label: str
    cells: list[tuple[str, SafeString]]
    hours: timedelta | None = None


def roster_context(request: ActorRequest) -> dict[str, Any]:
    """Return the roster page's context: who is on now, and the week or month requested."""
    now, actor = clock.now(), request.actor
    team = requested_team(request)
    if team is None:
        return {"team": None}
    today, zone = timezone.localtime(now).date(), timezone.get_current_timezone()
    by_month = request.GET.get("span") == MONTH
    first, days = _days_asked(request, today, by_month=by_month)
    may_edit = duties.may_plan(team, actor)
    found = roster(team, first, zone=zone, seen_by=actor, from_now=now, days=days, drafts=may_edit)
    drawing = CellRenderer(zone=zone, at=now, may_edit=may_edit, brief=by_month)
    before, after = (first - timedelta(days=1)).replace(day=1), first + timedelta(days=days)
    if not by_month:
        before = first - timedelta(days=DAYS)
    return {
        "team": team,
        "tabs": _tabs(request, team),
        "now": duties.on_duty(team, now),
        "answers": duties.answerable(team, now),
        "roster": found,
        "days": [(day, _shade(day, today)) for day in found.days],
        "needs": [
            _need_row(missing, found, drawing, today)
            for missing in found.missing
            if any(missing.days)
        ],
        "rows": [_row(line, found, drawing, today) for line in found.lines],
        "by_month": by_month,
        "month": first,
        "today": today,
        "before": roster_url(team.pk, before, by_month=by_month),
        "after": roster_url(team.pk, after, by_month=by_month),
        "present": roster_url(team.pk, today, by_month=by_month) if first > today else "",
        "other_span": roster_url(team.pk, first, by_month=not by_month),
        "may_edit": may_edit,
        "standing_in": _may_stand_in(request, team),
        "at": now,
    }


def _may_stand_in(request: ActorRequest, team: Team) -> int | None:
    """Return the actor's person id if the actor may take over running duties of the team."""
    scope = request.actor.scope(rights.SWAP)
    of_the_team = scope is not None and team.pk in scope.teams
    return request.actor.person_id if of_the_team else None


def shift_line(at: datetime) -> dict[str, Any]:
    """Return the desk's shift lead, until when, and how many are on."""
    desk = _service_desk()
    if desk is None:
        return {"desk": None}
    on = [duty for duty in duties.on_duty(desk, at) if duty.kind == Duty.Kind.STAFFED]
    first = on[0] if on else None
    answers = None if on else duties.answerable(desk, at)
    return {"desk": desk, "on": on, "first": first, "answers": answers}


def initial_of_new_duty(request: ActorRequest) -> dict[str, Any]:
    """Return the new duty in the address, else a shift of eight hours from the next hour."""
    asked = request.GET
    hour = timezone.localtime(clock.now()).replace(minute=0, second=0, microsecond=0)
    starts = parse_instant(asked.get("starts", "")) or hour + timedelta(hours=1)
    given = {name: asked[name] for name in ("team", "person", "role", "kind") if name in asked}
    desk = None if "team" in given else _service_desk()
    return {
        "team": desk.pk if desk else None,
        **given,
        "starts": starts,
        "ends": parse_instant(asked.get("ends", "")) or starts + SHIFT,
    }


def requested_team(request: ActorRequest) -> Team | None:
    """Return the team in the address, else the service desk where there is one."""
    asked = parse_number(request.GET.get("team"))
    if asked is not None:
        return get_team(asked, seen_by=request.actor)
    return _service_desk()


def _row(line: RosterLine, found: Roster, drawing: CellRenderer, today: date) -> Row:
    cells = []
    for day, pieces, away in zip(found.days, line.days, line.away, strict=True):
        shade = _shade(day, today)
        cells.append((f"{shade} s-away" if away else shade, drawing.cell(pieces)))
    return Row(f"person-{line.person_id}", line.name, cells, line.hours)


def _need_row(missing: MissingCover, found: Roster, drawing: CellRenderer, today: date) -> Row:
    cells = [
        (
            _shade(day, today),
            SafeString("".join(drawing.gap(missing.need, s, found.team.pk) for s in spans)),
        )
        for day, spans in zip(found.days, missing.days, strict=True)
    ]
    return Row(missing.need.slug, str(missing.need.label), cells)


def _shade(day: date, today: date) -> str:
    if day == today:
        return "s-today"
    return "s-free" if day.weekday() >= 5 else ""


def _service_desk() -> Team | None:
    try:
        return duties.service_desk()
    except NotFound:
        return None


def _days_asked(request: ActorRequest, today: date, *, by_month: bool) -> tuple[date, int]:
    try:
        asked = date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        asked = today
    # Far days have no roster, and the last dates of the calendar have no next week.
    first = asked if abs((asked - today).days) < 3660 else today
    if not by_month:
        return first, DAYS
    first = first.replace(day=1)
    return first, monthrange(first.year, first.month)[1]


def _tabs(request: ActorRequest, here: Team, more: Iterable[Team] = (), url: str = "") -> list[Tab]:
    teams = {team.pk: team for team in (here, *more)}
    teams |= {team.pk: team for team in duties.teams_with_duties(seen_by=request.actor)}
    ordered = sorted(
        teams.values(), key=lambda team: (team.kind != Team.Kind.SERVICE_DESK, team.name)
    )
    url = url or reverse("shifts_roster")
    return [Tab(team.name, f"{url}?team={team.pk}", team.pk == here.pk) for team in ordered]


def heat_map_context(request: ActorRequest) -> dict[str, Any]:
    """Return the hours of a week: how many are needed for calls, and how many are on."""
    team, now = requested_team(request), clock.now()
    if team is None:
        return {"team": None}
    today = timezone.localtime(now).date()
    first, days = _days_asked(request, today, by_month=False)
    shown = demand.heat_map(
        team,
        first,
        days=days,
        zone=timezone.get_current_timezone(),
        seen_by=request.actor,
        at=now,
        promised=PROMISED,
        drafts=request.actor.can(rights.EDIT),
    )
    parts = backlog.parts_of(team)
    part = request.GET.get("part", "") if request.GET.get("part") in dict(parts) else ""
    of_part = {"part": part} if part else {}

    def url(first: date | None = None, **asked: str) -> str:
        given = {"team": team.pk, **({"from": first} if first else {}), **asked}
        return f"{reverse('shifts_heat')}?{urlencode(given)}"

    return {
        "team": team,
        "tabs": _heat_tabs(request, team, now),
        "parts": [
            Chip(label, url(first, **({"part": slug} if slug else {})), slug == part)
            for slug, label in [("", _("All streams")), *parts]
        ]
        if parts
        else [],
        "part": dict(parts).get(part, ""),
        "workload": backlog.workload(
            team,
            first,
            days=days,
            zone=timezone.get_current_timezone(),
            seen_by=request.actor,
            at=now,
            drafts=request.actor.can(rights.EDIT),
            part=part,
        ),
        "days": shown,
        "hours": range(24),
        "known": any(heat.needed for _date, heats in shown for heat in heats),
        "before": url(first - timedelta(days=DAYS), **of_part),
        "after": url(first + timedelta(days=DAYS), **of_part),
    }


def _heat_tabs(request: ActorRequest, here: Team, at: datetime) -> list[Tab]:
    """Return teams with a roster, and those that received work."""
    more = backlog.teams_with_work(seen_by=request.actor, at=at)
    return _tabs(request, here, more, reverse("shifts_heat"))


def own_duties_context(request: ActorRequest) -> dict[str, Any]:
    """Return the actor's duties from now on."""
    now, person_id = clock.now(), request.actor.person_id
    coming: list[Duty] = []
    if person_id is not None:
        found = duties.duties(seen_by=request.actor, person_id=person_id, starts=now)
        coming = list(found[:MINE])
    may_swap = request.actor.can(rights.SWAP) and person_id is not None
    mine = list(swaps.offered_by(request.actor)) if may_swap else []
    return {
        "duties": coming,
        "news": news.news_of(request.actor, at=now),
        "at": now,
        "running": [duty for duty in coming if duty.starts <= now],
        "may_swap": may_swap,
        "offers": list(swaps.offered_to(request.actor)[:MINE]) if may_swap else [],
        "mine": mine,
        "offered": [offer.duty_id for offer in mine],
        "person_id": person_id,
    }


def troubles_context(request: ActorRequest) -> dict[str, Any]:
    team, now, actor = requested_team(request), clock.now(), request.actor
    if team is None:
        return {"team": None}
    may_edit = duties.may_plan(team, actor)
    drawing = CellRenderer(zone=timezone.get_current_timezone(), at=now, may_edit=may_edit)
    found = troubles.troubles(team, seen_by=actor, at=now)

    def told(trouble: Trouble) -> dict[str, Any]:
        return {
            "kind": trouble.kind,
            "sentence": trouble_text(trouble),
            "when": span_text(trouble.span),
            "url": _mending(trouble, team, drawing),
        }

    of_rules = defaultdict[str, list[Trouble]](list)
    for trouble in found:
        if trouble.broken is not None:
            of_rules[trouble.broken.breach.code].append(trouble)
    rules = [
        {
            "name": RULES[code],
            "count": len(broken),
            "people": _most_broken(broken),
            "lines": [told(one) for one in broken[:LISTED]],
        }
        for code, broken in of_rules.items()
    ]
    others = [told(one) for one in found if one.broken is None]
    return {
        "team": team,
        "troubles": others[:LISTED],
        "rules": rules,
        "count": len(found),
        "tabs": [],
    }


def _most_broken(broken: Iterable[Trouble]) -> list[tuple[str, int]]:
    """Return the people for whom a rule is broken, and how often, the most often first."""
    return Counter(one.broken.person.name for one in broken if one.broken).most_common()


def _mending(trouble: Trouble, team: Team, drawing: CellRenderer) -> str:
    if trouble.need is not None and drawing.may_edit:
        return drawing.gap_url(trouble.need, trouble.span, team.pk)
    if trouble.entry is not None and drawing.url(trouble.entry):
        return drawing.url(trouble.entry)
    begins = timezone.localtime(max(trouble.span.starts, drawing.at)).date()
    return roster_url(team.pk, begins)
