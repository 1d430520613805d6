"""Mails to people whose duties were published, withdrawn, or changed by a proposal.

One mail a person, in that person's language and time, however many duties.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.messaging.actions.outgoing import queue_mail
from opale.organisation.models import Person, Team
from opale.run.shifts.domain.cycles import Span
from opale.run.shifts.models import Duty, ProposalLine

MAX_LISTED: Final = 20
"""The most duties listed in a mail; all of them are under “My duties”."""
ONE_RUN: Final = 2000


@dataclass(frozen=True, slots=True, order=True)
class NoticedDuty:
    """A duty as a mail names it."""

    span: Span
    role: str
    gained: bool = True
    standby: bool = False


def notify_published(team: Team, duties: Iterable[Duty], *, by: Actor) -> None:
    for person, told in _by_person((d.person_id, _of(d)) for d in duties):
        _write(
            person,
            team,
            told,
            lambda told: ngettext(
                "%(count)s shift added for you in the %(team)s roster",
                "%(count)s shifts added for you in the %(team)s roster",
                len(told),
            ),
            by=by,
        )


def notify_withdrawn(team: Team, duties: Iterable[Duty], *, by: Actor) -> None:
    for person, told in _by_person((d.person_id, _of(d)) for d in duties):
        _write(
            person,
            team,
            told,
            lambda told: ngettext(
                "%(count)s of your shifts in the %(team)s roster was unpublished",
                "%(count)s of your shifts in the %(team)s roster were unpublished",
                len(told),
            ),
            by=by,
        )


def notify_accepted(*, by: Actor) -> int:
    """Mail those who gained or lost a published duty by a proposal; return how many.

    Lines accepted one by one are told in one mail, for all since the last.
    """
    lines = ProposalLine.objects.filter(state=ProposalLine.State.ACCEPTED, told=False)
    with attributed(by):
        rows = lines.select_related("proposal__team").select_for_update(of=("self",))
        some = list(rows.order_by("id")[:ONE_RUN])
        of_teams = defaultdict[Team, list[tuple[int, NoticedDuty]]](list)
        for line in some:
            if line.key.startswith("p"):
                continue  # only planned: nobody is on duty by it
            for person_id, gained in ((line.was_id, False), (line.to_id, True)):
                if person_id is not None:
                    told = NoticedDuty(line.span, line.role, gained, line.standby)
                    of_teams[line.proposal.team].append((person_id, told))
        count = 0
        for team, changes in of_teams.items():
            for person, told_ones in _by_person(changes):
                _write(person, team, told_ones, _changed, by=by)
                count += 1
        ProposalLine.objects.filter(pk__in=[line.pk for line in some]).update(told=True)
    return count


def _changed(told: Sequence[NoticedDuty]) -> str:
    return ngettext(
        "%(count)s of your shifts in the %(team)s roster has changed",
        "%(count)s of your shifts in the %(team)s roster have changed",
        len(told),
    )


def _of(duty: Duty) -> NoticedDuty:
    standby = duty.kind == Duty.Kind.STANDBY
    return NoticedDuty(Span(duty.starts, duty.ends), duty.role, standby=standby)


def _by_person(told: Iterable[tuple[int, NoticedDuty]]) -> list[tuple[Person, list[NoticedDuty]]]:
    found = defaultdict[int, list[NoticedDuty]](list)
    for person_id, one in told:
        found[person_id].append(one)
    people = Person.objects.filter(pk__in=found, left_on=None).select_related("user", "company")
    return [(person, sorted(found[person.pk])) for person in people.order_by("name", "pk")]


def _write(
    person: Person,
    team: Team,
    told: Sequence[NoticedDuty],
    headed: Callable[[Sequence[NoticedDuty]], str],
    *,
    by: Actor,
) -> None:
    language = person.reading_language
    with translation.override(language), timezone.override(person.time_zone):
        lines = [_line(one) for one in told[:MAX_LISTED]]
        if (more := len(told) - MAX_LISTED) > 0:
            lines.append(ngettext("and %(n)s more", "and %(n)s more", more) % {"n": more})
        where = settings.BASE_URL + reverse("shifts_mine")
        queue_mail(
            by=by,
            origin=f"shifts.roster:{team.pk}",
            to=[person.email],
            subject=headed(told) % {"count": len(told), "team": team.name},
            body="\n".join([*lines, "", _("All shifts: %(url)s") % {"url": where}]),
            language=language,
            automatic=True,
        )


def _line(one: NoticedDuty) -> str:
    said = f"{_at(one.span.starts)} – {_at(one.span.ends)}, {Duty.Role(one.role).label}"
    if one.standby:
        said = f"{said}, {Duty.Kind.STANDBY.label}"
    return said if one.gained else _("no longer yours: %(duty)s") % {"duty": said}


def _at(at: datetime) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
