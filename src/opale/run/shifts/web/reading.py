"""What the pages of the roster show."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from opale.endpoints.http import AskedRequest
from opale.kernel import clock
from opale.kernel.errors import NotFound
from opale.organisation.models import Team
from opale.organisation.queries import get_team
from opale.run.shifts import queries, rights
from opale.run.shifts.actions import DutyPlan
from opale.run.shifts.models import Duty
from opale.run.shifts.queries import DAYS, Need, Roster, roster
from opale.run.shifts.web.forms import instant
from opale.ui.components.lists import Tab

SHOWN = 10
SHIFT = timedelta(hours=8)


def week_of(request: AskedRequest) -> dict[str, Any]:
    """The context of the roster: who is on now, and the week that the address asks for."""
    now, actor = clock.now(), request.actor
    team = _team_asked(request)
    if team is None:
        return {"team": None}
    today = timezone.localtime(now).date()
    first = _day_asked(request, today)
    zone = timezone.get_current_timezone()
    week = roster(team, first, zone=zone, seen_by=actor, from_now=now)
    return {
        "team": team,
        "tabs": _tabs(request, team),
        "now": queries.on_duty(team, now),
        "answers": queries.answerable(team, now),
        "week": week,
        "needs": _needs(week),
        "today": today,
        "before": _week_url(team.pk, first - timedelta(days=DAYS)),
        "after": _week_url(team.pk, first + timedelta(days=DAYS)),
        "present": _week_url(team.pk, today) if first != today else "",
        "may_edit": actor.can(rights.EDIT),
        "at": now,
    }


def line_at(at: datetime) -> dict[str, Any]:
    """Who leads the shift of the desk, until when, and how many are on."""
    desk = _service_desk()
    if desk is None:
        return {"desk": None}
    on = [duty for duty in queries.on_duty(desk, at) if duty.kind == Duty.Kind.STAFFED]
    first = on[0] if on else None
    answers = None if on else queries.answerable(desk, at)
    return {"desk": desk, "on": on, "first": first, "answers": answers}


def suggested(request: AskedRequest) -> dict[str, Any]:
    """A new duty as the address asks for it, else a shift of eight hours from the next hour."""
    asked = request.GET
    hour = timezone.localtime(clock.now()).replace(minute=0, second=0, microsecond=0)
    starts = instant(asked.get("starts", "")) or hour + timedelta(hours=1)
    given = {name: asked[name] for name in ("team", "person", "role", "kind") if name in asked}
    desk = None if "team" in given else _service_desk()
    return {
        "team": desk.pk if desk else None,
        **given,
        "starts": starts,
        "ends": instant(asked.get("ends", "")) or starts + SHIFT,
    }


def week_url(duty: Duty | DutyPlan) -> str:
    """The week in which the duty begins, or the present one."""
    team_id = duty.team_id if isinstance(duty, Duty) else duty.team.pk
    today = timezone.localtime(clock.now()).date()
    begins = timezone.localtime(duty.starts).date()
    inside = today <= begins < today + timedelta(days=DAYS)
    return _week_url(team_id, today if inside or begins < today else begins)


def _week_url(team_id: int, first: date) -> str:
    return f"{reverse('shifts_roster')}?{urlencode({'team': team_id, 'from': first.isoformat()})}"


def _team_asked(request: AskedRequest) -> Team | None:
    """The team that the address names, else the service desk where there is one."""
    asked = request.GET.get("team", "")
    if asked.isdecimal():
        return get_team(int(asked), seen_by=request.actor)
    return _service_desk()


def _service_desk() -> Team | None:
    try:
        return queries.service_desk()
    except NotFound:
        return None


def _day_asked(request: AskedRequest, today: date) -> date:
    try:
        asked = date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        return today
    # Far days are of no roster, and at the very ends there is no next week.
    return asked if abs((asked - today).days) < 3660 else today


def _tabs(request: AskedRequest, here: Team) -> list[Tab]:
    teams = {here.pk: here}
    teams |= {team.pk: team for team in queries.teams_with_duties(seen_by=request.actor)}
    ordered = sorted(
        teams.values(), key=lambda team: (team.kind != Team.Kind.SERVICE_DESK, team.name)
    )
    url = reverse("shifts_roster")
    return [Tab(team.name, f"{url}?team={team.pk}", team.pk == here.pk) for team in ordered]


def _needs(week: Roster) -> list[dict[str, Any]]:
    labels: dict[Need, str] = {
        "staffed": _("Nobody on shift"),
        "triage": _("Nobody holds the triage"),
        "manager": _("No manager on call"),
    }
    return [
        {"label": labels[need], "days": days, "need": need}
        for need, days in week.gaps.items()
        if any(days)
    ]
