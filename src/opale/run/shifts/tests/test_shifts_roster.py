"""The week as a table, and what nobody covers."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from opale.run.shifts.domain.cycles import Span
from opale.run.shifts.queries.roster import Roster, RosterLine, roster
from opale.run.shifts.tests.builders import (
    NIGHT,
    READER,
    House,
    leave,
    make_house,
    on_duty,
)

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
FIRST = date(2027, 3, 3)
LONG_AGO = NIGHT - timedelta(days=30)


@pytest.fixture
def house() -> House:
    return make_house()


def week(house: House, *, from_now: datetime = LONG_AGO) -> Roster:
    return roster(house.desk, FIRST, zone=PARIS, seen_by=READER, from_now=from_now)


def at(day: int, hour: int) -> datetime:
    return datetime(2027, 3, day, hour, tzinfo=PARIS)


def gaps(found: Roster, need: str) -> list[list[Span]]:
    return next(missing.days for missing in found.missing if missing.need.slug == need)


def duties_of(line: RosterLine) -> list[list[int]]:
    return [[piece.entry.key for piece in day] for day in line.days]


def test_a_duty_stands_on_the_day_on_which_it_begins(house: House) -> None:
    duty = on_duty(house.lea, house.desk, starts=at(4, 22))
    (line,) = week(house).lines
    assert line.name == house.lea.name
    assert duties_of(line) == [[], [duty.pk], [], [], [], [], []]


def test_a_duty_that_runs_into_the_week_stands_on_its_first_day(house: House) -> None:
    duty = on_duty(house.lea, house.desk, starts=at(2, 22))
    assert duties_of(week(house).lines[0]) == [[duty.pk], [], [], [], [], [], []]


def test_a_duty_of_several_days_stands_on_each_of_them(house: House) -> None:
    on_duty(house.manager, house.desk, "manager", starts=at(4, 6), hours=48)
    (line,) = week(house).lines
    shown = [[(piece.starts, piece.ends) for piece in day] for day in line.days]
    assert shown == [[], [(at(4, 6), None)], [(None, None)], [(None, at(6, 6))], [], [], []]


def test_duties_outside_the_week_and_of_other_teams_are_not_in_it(house: House) -> None:
    on_duty(house.lea, house.desk, starts=at(1, 8))
    on_duty(house.karim, house.desk, starts=at(10, 0))
    on_duty(house.ines, house.engineering, starts=at(4, 8))
    assert week(house).lines == []


def test_an_empty_week_is_one_gap_a_day(house: House) -> None:
    found = week(house)
    assert gaps(found, "staffed") == [[Span(at(day, 0), at(day + 1, 0))] for day in range(3, 10)]
    assert found.uncovered == 21


def test_gaps_are_what_lies_between_the_shifts(house: House) -> None:
    on_duty(house.lea, house.desk, starts=at(3, 0), hours=14)
    on_duty(house.karim, house.desk, starts=at(3, 16), hours=16)
    (first, second, *_rest) = gaps(week(house), "staffed")
    assert first == [Span(at(3, 14), at(3, 16))]
    assert second == [Span(at(4, 8), at(5, 0))]


def test_each_need_is_covered_by_those_who_fill_it(house: House) -> None:
    on_duty(house.lea, house.desk, "triage", starts=at(3, 0), hours=24)
    on_duty(house.manager, house.desk, "manager", starts=at(3, 0), hours=7 * 24)
    found = week(house)
    assert gaps(found, "staffed")[0] == []
    assert gaps(found, "triage")[0] == []
    assert gaps(found, "triage")[1] != []
    assert not any(gaps(found, "manager"))


def test_whoever_left_covers_nothing(house: House) -> None:
    on_duty(house.lea, house.desk, starts=at(3, 0), hours=24)
    leave(house.lea)
    assert gaps(week(house), "staffed")[0] == [Span(at(3, 0), at(4, 0))]


def test_what_is_over_is_no_gap_any_more(house: House) -> None:
    found = week(house, from_now=at(4, 10))
    assert gaps(found, "staffed")[0] == []
    assert gaps(found, "staffed")[1] == [Span(at(4, 10), at(5, 0))]


def test_other_teams_promise_no_presence(house: House) -> None:
    found = roster(house.engineering, FIRST, zone=PARIS, seen_by=READER, from_now=LONG_AGO)
    assert found.missing == []


def test_the_day_on_which_the_clock_changes_has_23_hours(house: House) -> None:
    found = roster(house.desk, date(2027, 3, 28), zone=PARIS, seen_by=READER, from_now=LONG_AGO)
    (gap,) = gaps(found, "staffed")[0]
    assert gap.ends.timestamp() - gap.starts.timestamp() == 23 * 3600
