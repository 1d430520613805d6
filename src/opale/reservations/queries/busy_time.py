"""Time that duties, stand-by, level 3 work and absences take of people's days."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connection

from opale.organisation.models import Person
from opale.reservations.domain.availability import Midnights

_TAKEN = """
SELECT person_id, kind,
    date_part('epoch', greatest(lower(period), %(since)s::timestamptz))::bigint,
    date_part('epoch', least(upper(period), %(until)s::timestamptz))::bigint
FROM (
    SELECT person_id, kind, period FROM reservations_busytime
    UNION ALL SELECT person_id, 'absent', period FROM organisation_absence
) AS taken
WHERE person_id = ANY(%(people)s)
    AND period && tstzrange(%(since)s::timestamptz, %(until)s::timestamptz)
"""


class BusySeconds(NamedTuple):
    """Seconds of one kind on one day of a person; `place` counts days from the first one."""

    person_id: int
    kind: str
    place: int
    seconds: int


def busy_seconds(rows: Collection[Person], *, since: date, days: int) -> list[BusySeconds]:
    """Return the busy time of people by day, in one query with a day more at both ends, since a day
    is the local one of the person.

    An open beginning or end covers all days.
    """
    asked: dict[str, Any] = {
        "people": [person.pk for person in rows],
        "since": since - timedelta(days=1),
        "until": since + timedelta(days=days + 1),
    }
    found: dict[tuple[int, str, int], int] = defaultdict(int)
    midnights = {person.pk: Midnights.of(person.time_zone, since, days) for person in rows}
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN, asked)
        for person_id, kind, begins, ends in cursor.fetchall():
            for place, seconds in midnights[person_id].split(begins, ends):
                found[person_id, kind, place] += seconds
    return [BusySeconds(*key, seconds) for key, seconds in found.items()]
