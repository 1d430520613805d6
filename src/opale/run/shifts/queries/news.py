"""Changes of a person's roster since that person last looked."""

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
    """The net changes: a duty that came and went is left out. `until` is the last row of all, `by`
    and `at` say who made the last change, and when.
    """

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
        """How many are not shown, beside the first of each."""
        return self.count - len(self.gained[:MAX_SHOWN]) - len(self.lost[:MAX_SHOWN])


def news_of(actor: Actor, *, at: datetime) -> News | None:
    """Return the changed duties that are not over, by their beginning; None without changes."""
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
    """Return who has not yet seen the changes to their duties for a team."""
    rows = RosterNews.objects.filter(team=team, period__endswith__gt=at).order_by()
    people = Person.objects.filter(pk__in=rows.values("person_id"), left_on=None)
    return list(people.order_by("name").values_list("name", flat=True))


def _left(rows: Iterable[RosterNews]) -> tuple[list[RosterNews], list[RosterNews]]:
    """Return the duties gained or lost in the end, whatever happened in between."""
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
