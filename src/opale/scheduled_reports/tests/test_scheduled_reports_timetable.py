"""When a report is due: by day, weekday or day of the month, also when clocks change."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from opale.scheduled_reports.domain.timetable import Timetable

PARIS = ZoneInfo("Europe/Paris")
SEVEN = time(7)


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS)  # type: ignore[arg-type, misc]  # year, month, day, …


@pytest.mark.parametrize(
    ("table", "after", "due"),
    [
        (Timetable("daily", SEVEN, PARIS), paris(2026, 12, 3, 6), paris(2026, 12, 3, 7)),
        (Timetable("daily", SEVEN, PARIS), paris(2026, 12, 3, 7), paris(2026, 12, 4, 7)),
        (Timetable("weekly", SEVEN, PARIS, 0), paris(2026, 12, 3, 6), paris(2026, 12, 7, 7)),
        (Timetable("monthly", SEVEN, PARIS, day=1), paris(2026, 12, 3, 6), paris(2027, 1, 1, 7)),
        (Timetable("monthly", SEVEN, PARIS, day=31), paris(2027, 2, 3, 6), paris(2027, 2, 28, 7)),
        (Timetable("monthly", SEVEN, PARIS, day=30), paris(2027, 2, 28, 7), paris(2027, 3, 30, 7)),
    ],
)
def test_a_report_is_due_next(table: Timetable, after: datetime, due: datetime) -> None:
    assert table.next_after(after) == due


def test_the_time_of_day_stays_when_clocks_change() -> None:
    table = Timetable("daily", SEVEN, PARIS)
    saturday = table.next_after(paris(2026, 10, 24, 0))
    sunday = table.next_after(saturday)
    assert (sunday - saturday).total_seconds() == 25 * 3600
    assert sunday == datetime(2026, 10, 25, 6, tzinfo=UTC)


def test_a_time_that_is_skipped_or_shown_twice_is_due_once() -> None:
    table = Timetable("daily", time(2, 30), PARIS)
    for first in (paris(2026, 3, 28, 3), paris(2026, 10, 24, 3)):
        dues = [table.next_after(first)]
        for _day in range(2):
            dues.append(table.next_after(dues[-1]))
        assert [due.astimezone(PARIS).day - first.day for due in dues] == [1, 2, 3]
    assert table.next_after(paris(2026, 3, 28, 3)).astimezone(PARIS).time() == time(3, 30)


def test_of_moments_that_were_missed_only_the_last_one_counts() -> None:
    table = Timetable("daily", SEVEN, PARIS)
    first = paris(2026, 11, 27, 7)
    assert table.last_until(paris(2026, 12, 3, 6, 59), first) == paris(2026, 12, 2, 7)
    assert table.last_until(paris(2026, 11, 27, 8), first) == first


def test_a_timetable_is_said_in_words() -> None:
    with translation.override("en"):
        assert str(Timetable("weekly", SEVEN, PARIS, 4)) == "Every Friday at 07:00"
        assert str(Timetable("monthly", SEVEN, PARIS, day=31)) == (
            "The last day of each month at 07:00"
        )
