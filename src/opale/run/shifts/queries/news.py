"""What changed in the roster for somebody since that person last looked."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from opale.kernel.actor import Actor
from opale.organisation.models import Person, Team
from opale.run.shifts.models import RosterNews

MAX_SHOWN = 5


@dataclass(frozen=True, slots=True)
class News:
    """What is left of it: a duty that came and went meanwhile is none. `until` is the last row of
    all, `by` and `at` say who changed something last, and when."""

    gained: list[RosterNews]
    lost: list[RosterNews]
    until: int
    by: str
    at: datetime

    @property
    def count(self) -> int:
        return len(self.gained) + len(self.lost)

    @property
    def more(self) -> int:
        """What is not shown beside the first of each."""
        return self.count - len(self.gained[:MAX_SHOWN]) - len(self.lost[:MAX_SHOWN])


def news_of(actor: Actor, *, at: datetime) -> News | None:
    """Duties that are not over, by their beginning; None where nothing changed."""
    if actor.person_id is None:
        return None
    rows = RosterNews.objects.visible_to(actor).filter(
        person=actor.person_id, period__endswith__gt=at
    )
    found = list(rows.select_related("team").order_by("id"))
    gained, lost = _left(found)
    if not gained and not lost:
        return None
    last = found[-1]
    return News(gained, lost, last.pk, last.by_name, last.at)


def people_with_unseen_news(team: Team, *, at: datetime) -> list[str]:
    """Who has not seen yet what changed for him in the roster of a team."""
    rows = RosterNews.objects.filter(team=team, period__endswith__gt=at).order_by()
    people = Person.objects.filter(pk__in=rows.values("person_id"), left_on=None)
    return list(people.order_by("name").values_list("name", flat=True))


def _left(rows: Iterable[RosterNews]) -> tuple[list[RosterNews], list[RosterNews]]:
    """A duty counts as gained or lost by what is left of all that happened to it."""
    told = defaultdict[tuple[object, ...], list[RosterNews]](list)
    for row in rows:
        told[row.team_id, row.kind, row.role, row.span].append(row)
    gained, lost = list[RosterNews](), list[RosterNews]()
    for same in told.values():
        balance = sum(1 if row.gained else -1 for row in same)
        if balance:
            (gained if balance > 0 else lost).append(same[-1])
    return sorted(gained, key=_begins), sorted(lost, key=_begins)


def _begins(row: RosterNews) -> datetime:
    return row.span.starts
