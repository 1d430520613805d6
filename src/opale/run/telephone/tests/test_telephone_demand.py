"""The calls of the desk by the hour, for who plans its shifts."""

from datetime import timedelta

import pytest

from opale.run.shifts.ports import demand_sources
from opale.run.shifts.tests.builders import make_house
from opale.run.telephone.queries.demand import TYPICAL_CALL, DeskCallDemand
from opale.run.telephone.tests.builders import ANSWER, HANGUP, NOW, RING, signal, told

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_calls_are_told_by_their_hour_with_how_long_they_took() -> None:
    house = make_house()
    for number in range(3):
        told(
            *(signal(kind, call_id=f"a{number}") for kind in (RING, ANSWER, HANGUP)),
            at=NOW + number * timedelta(minutes=5),
            apart=180,
        )
    told(signal(RING, call_id="missed"), signal(HANGUP, call_id="missed"), at=NOW + HOUR)
    source = DeskCallDemand()
    found = dict(source.loads(house.desk.pk, NOW - DAY, NOW + DAY))
    assert (found[NOW].calls, found[NOW].handling) == (3, timedelta(minutes=3))
    assert (found[NOW + HOUR].calls, found[NOW + HOUR].handling) == (1, TYPICAL_CALL)
    assert list(source.loads(house.engineering.pk, NOW - DAY, NOW + DAY)) == []
    assert [one.slug for one in demand_sources()] == ["telephone"]
