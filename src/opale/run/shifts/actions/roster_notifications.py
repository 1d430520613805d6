"""Telling people that their duties were published, withdrawn, or changed by a proposal."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.notifications.actions.notify import News, notify_each
from opale.notifications.domain.kinds import Kind
from opale.organisation.models import Person, Team
from opale.run.shifts import notification_kinds as kinds
from opale.run.shifts.domain.cycles import Span
from opale.run.shifts.models import Duty, ProposalLine

ONE_RUN: Final = 2000


def notify_published(team: Team, duties: Iterable[Duty], *, by: Actor) -> None:
    notify_each(_news(kinds.PUBLISHED, team, map(_of, duties)), by=by)


def notify_withdrawn(team: Team, duties: Iterable[Duty], *, by: Actor) -> None:
    notify_each(_news(kinds.WITHDRAWN, team, map(_of, duties)), by=by)


def notify_accepted(*, by: Actor) -> int:
    """Tell those who gained or lost a published duty by a proposal; return how many news.

    Lines accepted one by one are told at once, for all since the last.
    """
    lines = ProposalLine.objects.filter(state=ProposalLine.State.ACCEPTED, told=False)
    with attributed(by):
        rows = lines.select_related("proposal__team").select_for_update(of=("self",))
        some = list(rows.order_by("id")[:ONE_RUN])
        of_teams = defaultdict[Team, list[tuple[int, Span]]](list)
        for line in some:
            if line.key.startswith("p"):
                continue  # only planned: nobody is on duty by it
            for person_id in (line.was_id, line.to_id):
                if person_id is not None:
                    of_teams[line.proposal.team].append((person_id, line.span))
        news = [
            one for team, changes in of_teams.items() for one in _news(kinds.CHANGED, team, changes)
        ]
        notify_each(news, by=by)
        ProposalLine.objects.filter(pk__in=[line.pk for line in some]).update(told=True)
    return len(news)


def _of(duty: Duty) -> tuple[int, Span]:
    return duty.person_id, Span(duty.starts, duty.ends)


def _news(kind: Kind, team: Team, spans: Iterable[tuple[int, Span]]) -> list[News]:
    """Return one news for each person, from the day of the first duty to that of the last."""
    found = defaultdict[int, list[Span]](list)
    for person_id, span in spans:
        found[person_id].append(span)
    people = Person.objects.filter(pk__in=found).select_related("user", "company")
    return [
        News(
            kind,
            person,
            f"shifts.roster:{team.pk}",
            reverse("shifts_mine"),
            {
                "team": team.name,
                "from_on": _day(min(span.starts for span in found[person.pk]), person),
                "until_on": _day(max(span.starts for span in found[person.pk]), person),
            },
        )
        for person in people
    ]


def _day(at: datetime, person: Person) -> date:
    return timezone.localtime(at, ZoneInfo(person.reading_zone)).date()
