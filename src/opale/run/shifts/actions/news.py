"""News of duties that others gave to a person or took, on that person's pages until seen.

Source: docs/rules/rosters.md, "Generation and publication".
"""

from collections.abc import Iterable
from datetime import datetime

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed
from opale.run.shifts import rights
from opale.run.shifts.models import Duty, RosterNews

BATCH_SIZE = 2000
TOPIC = "shifts.roster"


def record_news(changed: Iterable[tuple[Duty, bool]], *, by: Actor) -> None:
    """Record for each duty that its person gained or lost it; not one's own changes, nor past
    duties.
    """
    at = clock.now()
    RosterNews.objects.bulk_create(
        (
            RosterNews(
                person_id=duty.person_id,
                team_id=duty.team_id,
                kind=duty.kind,
                role=duty.role,
                period=duty.period,
                gained=gained,
                by_name=by.name[:200],
                at=at,
            )
            for duty, gained in changed
            if duty.person_id != by.person_id and duty.ends > at
        ),
        batch_size=BATCH_SIZE,
    )


def mark_news_seen(*, by: Actor, until: int) -> int:
    """Mark one's own news as seen, up to the last that was shown. Errors: NotAllowed."""
    if not by.can(rights.READ):
        raise NotAllowed
    own = RosterNews.objects.filter(person=by.person_id or 0, pk__lte=until)
    count, _each = own.delete()
    live_topics.publish(TOPIC)
    return count


def delete_old_news(at: datetime) -> int:
    """Delete the news of past duties."""
    count, _each = RosterNews.objects.filter(period__endswith__lte=at).delete()
    return count
