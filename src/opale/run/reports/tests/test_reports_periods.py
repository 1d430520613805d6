"""Months and weeks begin at midnight of the company, also when clocks change."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from opale.run.reports.domain.periods import (
    Period,
    following,
    period_of,
    periods_until,
    previous,
    read_period,
    year_before,
)

PARIS = ZoneInfo("Europe/Paris")


def test_a_month_begins_at_midnight_of_the_company() -> None:
    found = period_of(date(2026, 11, 17), "month", PARIS)
    assert found.key == "2026-11"
    assert found.starts == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert found.ends == datetime(2026, 11, 30, 23, tzinfo=UTC)


def test_months_in_which_clocks_change_are_an_hour_shorter_or_longer() -> None:
    spring = period_of(date(2026, 3, 5), "month", PARIS)
    autumn = period_of(date(2026, 10, 5), "month", PARIS)

    def length(one: Period) -> timedelta:
        return one.ends.astimezone(UTC) - one.starts.astimezone(UTC)

    assert length(spring) == timedelta(hours=743)
    assert length(autumn) == timedelta(hours=745)
    week = period_of(date(2026, 10, 25), "week", PARIS)
    assert week.first == date(2026, 10, 19)
    assert length(week) == timedelta(hours=169)


def test_thirteen_months_end_where_they_began_a_year_before() -> None:
    last = period_of(date(2026, 11, 30), "month", PARIS)
    found = periods_until(last, PARIS)
    assert [one.key for one in found][::12] == ["2025-11", "2026-11"]
    assert found[0] == year_before(last, PARIS)
    assert all(one.ends == after.starts for one, after in pairwise(found))


def test_a_week_is_compared_with_the_one_52_weeks_before() -> None:
    week = period_of(date(2026, 11, 25), "week", PARIS)
    assert year_before(week, PARIS).first == date(2025, 11, 24)
    assert following(previous(week, PARIS), PARIS) == week


def test_a_day_ends_at_midnight_and_is_named_by_its_number_in_the_year() -> None:
    day = period_of(date(2026, 10, 25), "day", PARIS)
    assert day.ends.astimezone(UTC) - day.starts.astimezone(UTC) == timedelta(hours=25)
    assert day.key == "2026-298"
    assert read_period("2026-298", PARIS) == day
    assert following(previous(day, PARIS), PARIS) == day
    assert year_before(day, PARIS).first == date(2025, 10, 26)
    assert len({one.key for one in periods_until(day, PARIS)}) == 13


def test_an_address_names_a_month_or_a_week_or_nothing() -> None:
    month, week = read_period("2026-02", PARIS), read_period("2026-02-04", PARIS)
    assert month is not None
    assert week is not None
    assert (month.step, week.key) == ("month", "2026-02-02")
    for odd in (
        "",
        "2026-13",
        "x",
        "2026-02-31",
        "0001-01-01",
        "9999-12",
        "٢٠٢٦-٠٢",
        "2026-366",
        "٢٠٢٦-٣٢٧",
    ):
        assert read_period(odd, PARIS) is None, odd
