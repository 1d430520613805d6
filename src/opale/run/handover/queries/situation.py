"""The situation beside the tickets at a change of shift, as codes and times that can be kept.

Source: docs/rules/handover.md, "The record".
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q

from opale.kernel.actor import Actor
from opale.organisation.models import PersonSkill
from opale.run.desk.models import Intervention, Pause, Ticket
from opale.run.desk.queries.official_sentences import running_incidents
from opale.run.desk.states import OPEN_STATES
from opale.run.events.models import Silence
from opale.run.events.queries.silences import active_at, silences
from opale.run.events.states import SilenceKind
from opale.run.handover.models import Handover, WatchItem
from opale.run.handover.queries.shift_changes import ShiftChange, shift_change_at
from opale.run.handover.states import WatchState
from opale.run.shifts.models import Duty

NEXT_SHIFT: Final = timedelta(hours=8)
MAX_ENTRIES: Final = 50
MAJOR_PRIORITY: Final = 2


def situation_of(
    handover: Handover, *, seen_by: Actor, change: ShiftChange | None = None
) -> dict[str, Any]:
    """Return incidents, muted alerts, present and coming work, watches and the next shift.

    Confidential tickets are left out. `change` is `shift_change_at` its end where it is known.
    """
    at, until = handover.ends_at, handover.ends_at + NEXT_SHIFT
    return {
        "incidents": _incidents(seen_by),
        "muted": _muted(at, seen_by),
        "coming": _coming(at, until, seen_by),
        "watched": [_watched(one) for one in watches_of_handover(handover)],
        "staffing": _staffing((change or shift_change_at(handover.team, at)).arriving, at),
    }


def watches_of_handover(handover: Handover) -> list[WatchItem]:
    """Return the watches at the time of the change and after."""
    rows = WatchItem.objects.filter(team=handover.team_id)
    if handover.is_open:
        rows = rows.exclude(state=WatchState.OVER)
    return list(rows.select_related("item", "calls", "made_by")[:MAX_ENTRIES])


def _incidents(seen_by: Actor) -> list[dict[str, Any]]:
    rows = running_incidents(seen_by=seen_by).filter(confidential=False)
    rows = rows.filter(priority__lte=MAJOR_PRIORITY).order_by("priority", "received_at")
    return [
        {
            "number": one.number,
            "subject": one.subject,
            "priority": one.priority,
            "owner": one.owner.name,
            "since": one.received_at.isoformat(),
            "affected": one.affected,  # type: ignore[attr-defined]  # annotated
        }
        for one in rows[:MAX_ENTRIES]
    ]


def _muted(at: datetime, seen_by: Actor) -> list[dict[str, Any]]:
    rows = silences(seen_by=seen_by, at=at).filter(active_at(at)).order_by("window_ends_at")
    return [_silence(one) for one in rows[:MAX_ENTRIES]]


def _silence(one: Silence) -> dict[str, Any]:
    return {
        "id": one.pk,
        "comment": one.comment,
        "by": one.author_name,
        "muted": getattr(one, "muted", 0),
        "from": one.window_starts_at.isoformat() if one.window_starts_at else None,
        "until": one.window_ends_at.isoformat() if one.window_ends_at else None,
    }


def _coming(at: datetime, until: datetime, seen_by: Actor) -> list[dict[str, Any]]:
    """Return maintenance windows, agreed dates and work outside the hours of a plan."""
    planned = silences(seen_by=seen_by, at=at).filter(kind=SilenceKind.MAINTENANCE)
    windows = planned.filter(window_starts_at__lt=until, window_ends_at__gt=at)
    found = [{"what": "window", **_silence(one)} for one in windows[:MAX_ENTRIES]]
    visible = Ticket.objects.visible_to(seen_by).filter(confidential=False, state__in=OPEN_STATES)
    agreed = Pause.objects.filter(
        kind=Pause.Kind.AGREED_DATE, ends=None, until__gt=at, until__lt=until, ticket__in=visible
    )
    outside = Intervention.objects.filter(
        Q(ends=None) | Q(ends__gt=at), starts__lt=until, ticket__in=visible
    )
    for row in agreed.select_related("ticket").order_by("until")[:MAX_ENTRIES]:
        found.append(_of_ticket("agreed", row.ticket, row.until))
    for one in outside.select_related("ticket").order_by("starts")[:MAX_ENTRIES]:
        found.append(_of_ticket("outside", one.ticket, one.starts))
    return sorted(found, key=lambda entry: entry["from"] or "")


def _of_ticket(what: str, ticket: Ticket, at: datetime | None) -> dict[str, Any]:
    moment = at.isoformat() if at else None
    return {
        "what": what,
        "number": ticket.number,
        "comment": ticket.subject,
        "from": moment,
        "until": None,
    }


def _watched(one: WatchItem) -> dict[str, Any]:
    return {
        "id": one.pk,
        "text": one.text,
        "until": one.until.isoformat(),
        "item": one.item.name if one.item else "",
        "minutes": int(one.longest.total_seconds() // 60) if one.longest else None,
        "calls": one.calls.name,
        "state": one.state,
    }


def _staffing(arriving: Iterable[Duty], at: datetime) -> list[dict[str, Any]]:
    duties = list(arriving)
    skills: dict[int, list[str]] = {}
    rows = PersonSkill.objects.filter(person__in=[duty.person_id for duty in duties])
    valid = rows.filter(Q(valid_until=None) | Q(valid_until__gte=at.date()))
    for person, name in valid.order_by("-level").values_list("person_id", "skill__name"):
        skills.setdefault(person, []).append(name)
    return [
        {
            "name": duty.person.name,
            "role": duty.role,
            "from": duty.starts.isoformat(),
            "until": duty.ends.isoformat(),
            "languages": list(duty.person.languages),
            "skills": skills.get(duty.person_id, []),
        }
        for duty in duties
    ]
