"""Business time in cases that are worked out by hand, and what it refuses."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from opale.kernel import business_time
from opale.kernel.business_time import (
    ALL_DAY,
    BadCalendar,
    BadInstant,
    Calendar,
    DayException,
    Hours,
    NeverOpen,
    Pause,
    Reason,
    add,
    between,
    due,
    explain,
    holiday_name,
    public_holidays,
)
from opale.kernel.tests.instants import DAY, HOUR, MINUTE, OFFICE, PARIS, paris, utc


def test_the_worked_example_of_the_rule_book_holds() -> None:
    opened = paris("2026-05-13T16:30")
    pauses = [Pause(paris("2026-05-15T09:00"), paris("2026-05-15T11:00"), "customer")]
    assert due(OFFICE, opened, 8 * HOUR, pauses) == paris("2026-05-18T08:30")
    assert add(OFFICE, opened, 8 * HOUR) == paris("2026-05-15T16:30")
    day = [
        (s.starts.astimezone(PARIS).strftime("%a %H:%M"), s.reason.value, s.counted)
        for s in explain(OFFICE, opened, paris("2026-05-15T12:00"), pauses)
    ]
    assert day == [
        ("Wed 16:30", "open", True),
        ("Wed 18:00", "closed", False),
        ("Thu 00:00", "holiday", False),
        ("Fri 00:00", "closed", False),
        ("Fri 08:00", "open", True),
        ("Fri 09:00", "paused", False),
        ("Fri 11:00", "open", True),
    ]


def test_hours_in_a_gap_shrink_and_hours_in_a_fold_grow() -> None:
    nights = Calendar("Europe/Paris", ((Hours.parse("02:00-04:00"),),) * 7)
    assert between(nights, paris("2026-03-29T00:00"), paris("2026-03-29T12:00")) == 1 * HOUR
    assert between(nights, paris("2026-10-25T00:00"), paris("2026-10-25T12:00")) == 3 * HOUR
    first_half_past_two = paris("2026-10-25T02:30", fold=0)
    assert add(nights, first_half_past_two, 1 * HOUR) == utc("2026-10-25T01:30")


def test_an_empty_span_has_nothing_to_explain() -> None:
    noon = paris("2026-06-01T12:00")
    assert explain(OFFICE, noon, noon, [Pause(noon, None, "customer")]) == []


def test_hours_wholly_inside_a_gap_do_not_exist_that_day() -> None:
    lost = Calendar("Europe/Paris", ((Hours.parse("02:15-02:45"),),) * 7)
    assert between(lost, paris("2026-03-29T00:00"), paris("2026-03-30T00:00")) == timedelta(0)
    assert add(lost, paris("2026-03-28T12:00"), MINUTE) == paris("2026-03-30T02:16")


def test_hours_inside_a_fold_come_twice_with_a_closed_stretch_between() -> None:
    twice = Calendar("Europe/Paris", ((Hours.parse("02:15-02:45"),),) * 7)
    segments = explain(twice, utc("2026-10-24T23:00"), utc("2026-10-25T03:00"))
    assert [(s.starts, s.ends) for s in segments if s.counted] == [
        (utc("2026-10-25T00:15"), utc("2026-10-25T00:45")),
        (utc("2026-10-25T01:15"), utc("2026-10-25T01:45")),
    ]


def test_a_day_that_a_zone_skipped_has_no_minute() -> None:
    samoa = Calendar("Pacific/Apia", ((), (), (), (), (ALL_DAY,), (), ()))
    assert between(samoa, utc("2011-12-25T00:00"), utc("2012-01-02T00:00")) == timedelta(0)


def test_round_the_clock_loses_no_minute_at_midnight() -> None:
    always = Calendar.around_the_clock("Europe/Paris")
    start = paris("2026-06-01T23:59")
    assert between(always, start, start + 2 * MINUTE) == 2 * MINUTE
    assert [s.reason for s in explain(always, start, start + 30 * DAY)] == [Reason.OPEN]


def test_stretches_that_touch_are_one_stretch_in_time() -> None:
    halves = Calendar("UTC", ((Hours.parse("00:00-12:00"), Hours.parse("12:00-24:00")),) * 7)
    assert halves.never_closes
    start = utc("2026-06-01T07:00")
    assert len(explain(halves, start, start + 2 * DAY)) == 1


def test_an_evening_until_24_00_runs_on_into_the_next_morning() -> None:
    shift = Calendar("UTC", ((Hours.parse("00:00-06:00"), Hours.parse("22:00-24:00")),) * 7)
    assert add(shift, utc("2026-06-01T21:00"), 8 * HOUR) == utc("2026-06-02T06:00")


def test_a_target_used_up_at_closing_time_is_due_then_and_not_at_the_next_opening() -> None:
    assert add(OFFICE, paris("2026-06-05T14:00"), 4 * HOUR) == paris("2026-06-05T18:00")


def test_openings_win_over_closings_and_both_over_a_holiday() -> None:
    christmas_week = Calendar(
        "Europe/Paris",
        OFFICE.weekly,
        country="FR",
        exceptions=(
            DayException(date(2026, 12, 24), "closing"),
            DayException(date(2026, 12, 24), "opening", (Hours.parse("09:00-12:00"),)),
            DayException(date(2026, 12, 25), "opening", (Hours.parse("10:00-11:00"),)),
        ),
    )
    start, end = paris("2026-12-24T00:00"), paris("2026-12-26T00:00")
    reasons = [(s.reason.value, s.ends - s.starts) for s in explain(christmas_week, start, end)]
    assert reasons == [
        ("extra_closing", 9 * HOUR),
        ("extra_opening", 3 * HOUR),
        ("extra_closing", 12 * HOUR),
        ("holiday", 10 * HOUR),
        ("extra_opening", 1 * HOUR),
        ("holiday", 13 * HOUR),
    ]
    assert between(christmas_week, start, end) == 4 * HOUR


def test_a_pause_without_an_end_leaves_no_date_unless_the_target_comes_before_it() -> None:
    start = paris("2026-06-01T08:00")
    waiting = [Pause(paris("2026-06-01T10:00"), None, "customer")]
    assert due(OFFICE, start, 3 * HOUR, waiting) is None
    assert due(OFFICE, start, 2 * HOUR, waiting) == paris("2026-06-01T10:00")
    assert due(OFFICE, start, timedelta(0), waiting) == start
    assert between(OFFICE, start, paris("2026-06-30T08:00"), waiting) == 2 * HOUR


def test_overlapping_pauses_count_once_and_are_both_named() -> None:
    start = paris("2026-06-01T08:00")
    pauses = [
        Pause(paris("2026-06-01T10:00"), paris("2026-06-01T11:30"), "supplier"),
        Pause(paris("2026-06-01T09:00"), paris("2026-06-01T10:30"), "customer"),
    ]
    assert due(OFFICE, start, 2 * HOUR, pauses) == paris("2026-06-01T14:30")
    named = [s.pauses for s in explain(OFFICE, start, paris("2026-06-01T12:00"), pauses)]
    assert named == [(), ("customer",), ("customer", "supplier"), ("supplier",), ()]


def test_a_pause_inside_another_one_changes_nothing() -> None:
    start = paris("2026-06-01T08:00")
    outer = Pause(paris("2026-06-01T09:00"), paris("2026-06-01T11:00"), "customer")
    inner = Pause(paris("2026-06-01T09:30"), paris("2026-06-01T10:00"), "supplier")
    assert due(OFFICE, start, 2 * HOUR, [inner, outer]) == due(OFFICE, start, 2 * HOUR, [outer])
    assert between(OFFICE, start, paris("2026-06-01T12:00"), [outer, inner]) == 2 * HOUR


def test_a_pause_that_ended_before_the_start_changes_nothing() -> None:
    start = paris("2026-06-01T10:00")
    past = [Pause(paris("2026-06-01T08:30"), paris("2026-06-01T09:00"), "customer")]
    assert due(OFFICE, start, HOUR, past) == paris("2026-06-01T11:00")


def test_a_pause_that_runs_at_the_start_delays_it_until_its_end() -> None:
    start = paris("2026-06-01T10:00")
    running = [Pause(paris("2026-06-01T08:30"), paris("2026-06-01T10:30"), "customer")]
    assert due(OFFICE, start, HOUR, running) == paris("2026-06-01T11:30")


def test_a_pause_in_closed_time_is_named_but_the_calendar_gives_the_reason() -> None:
    night = [Pause(paris("2026-06-01T20:00"), paris("2026-06-01T22:00"), "customer")]
    segments = explain(OFFICE, paris("2026-06-01T19:00"), paris("2026-06-01T23:00"), night)
    assert [(s.reason, s.pauses) for s in segments] == [
        (Reason.CLOSED, ()),
        (Reason.CLOSED, ("customer",)),
        (Reason.CLOSED, ()),
    ]


def test_answers_are_in_utc_and_exact_to_the_microsecond() -> None:
    start = datetime(2026, 6, 1, 8, 0, 0, 1, tzinfo=PARIS)
    reached = add(OFFICE, start, timedelta(hours=4))
    assert reached == datetime(2026, 6, 1, 14, 0, 0, 1, tzinfo=PARIS)
    assert reached.tzinfo is UTC
    assert due(OFFICE, start, timedelta(0)) == start


@pytest.mark.parametrize("empty", [Calendar("UTC", ((),) * 7), Calendar.on_weekdays("UTC")])
def test_a_calendar_that_never_opens_is_refused_and_does_not_loop(empty: Calendar) -> None:
    with pytest.raises(NeverOpen):
        add(empty, utc("2026-06-01T00:00"), MINUTE)
    assert between(empty, utc("2026-06-01T00:00"), utc("2036-06-01T00:00")) == timedelta(0)
    assert add(empty, utc("2026-06-01T00:00"), timedelta(0)) == utc("2026-06-01T00:00")


@pytest.mark.parametrize("calendar", [OFFICE, Calendar.around_the_clock()])
def test_a_date_beyond_the_century_is_refused(calendar: Calendar) -> None:
    with pytest.raises(NeverOpen):
        add(calendar, utc("2199-12-01T00:00"), timedelta(days=400))
    with pytest.raises(NeverOpen):
        add(calendar, utc("2026-12-01T00:00"), timedelta.max)
    with pytest.raises(BadInstant):
        between(calendar, utc("2026-12-01T00:00"), datetime.max.replace(tzinfo=UTC))


def test_naive_instants_negative_targets_and_reversed_spans_are_refused() -> None:
    aware = utc("2026-06-01T00:00")
    naive = aware.replace(tzinfo=None)
    attempts: list[tuple[Callable[[], object], str]] = [
        (lambda: add(OFFICE, naive, HOUR), "naive_instant"),
        (lambda: between(OFFICE, aware, naive), "naive_instant"),
        (lambda: due(OFFICE, aware, HOUR, [Pause(naive, None, "x")]), "naive_instant"),
        (lambda: add(OFFICE, aware, -HOUR), "negative_duration"),
        (lambda: explain(OFFICE, aware, aware - HOUR), "reversed_span"),
        (lambda: between(OFFICE, aware, aware, [Pause(aware, aware - HOUR, "x")]), "reversed_span"),
    ]
    for attempt, code in attempts:
        with pytest.raises(BadInstant) as refused:
            attempt()
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"time_zone": "Europe/Atlantis"}, "unknown_zone"),
        ({"time_zone": "../etc/passwd"}, "unknown_zone"),
        ({"time_zone": "Europe"}, "unknown_zone"),
        ({"time_zone": None}, "unknown_zone"),
        ({"weekly": {"monday": ["08:00-12:00", "11:00-13:00"]}}, "overlapping_hours"),
        ({"weekly": {"monday": ["22:00-06:00"]}}, "bad_hours"),
        ({"weekly": {"monday": ["08:00-24:01"]}}, "bad_hours"),
        ({"weekly": {"monday": ["8-12"]}}, "bad_hours"),
        ({"weekly": {"monday": "08:00-12:00"}}, "bad_record"),
        ({"weekly": {"lundi": []}}, "bad_record"),
        ({"weekly": None}, "bad_record"),
        ({"country": "XX"}, "unknown_country"),
        ({"country": "FR", "subdivision": "QQ"}, "unknown_country"),
        ({"subdivision": "57"}, "unknown_country"),
        ({"holidays": ["2026-02-30"]}, "bad_record"),
        ({"exceptions": [{"day": "2026-05-01", "kind": "maybe"}]}, "bad_exception"),
        ({"exceptions": [{"day": "2026-05-01", "kind": "opening", "hours": []}]}, "bad_exception"),
        ({"colour": "blue"}, "bad_record"),
    ],
)
def test_a_record_that_is_no_calendar_is_refused_with_its_code(
    change: dict[str, Any], code: str
) -> None:
    record = {"time_zone": "UTC", "weekly": {"monday": ["08:00-12:00"]}} | change
    with pytest.raises(BadCalendar) as refused:
        Calendar.from_record(record)
    assert refused.value.code == code


def test_holidays_come_from_the_country_and_its_subdivision_with_their_names() -> None:
    assert date(2026, 5, 14) in public_holidays("FR", "", 2026)
    assert date(2026, 12, 26) not in public_holidays("FR", "", 2026)
    assert date(2026, 12, 26) in public_holidays("FR", "57", 2026)
    assert holiday_name(OFFICE, date(2026, 5, 14), "fr") == "Ascension"
    assert holiday_name(OFFICE, date(2026, 5, 14), "en") == "Ascension Day"
    assert holiday_name(OFFICE, date(2026, 5, 15), "fr") == ""
    assert holiday_name(Calendar.around_the_clock(), date(2026, 5, 14), "fr") == ""


def test_forgetting_what_was_computed_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    start = paris("2026-06-01T08:00")
    expected = add(OFFICE, start, 300 * HOUR)
    monkeypatch.setattr(business_time, "_REMEMBERED_DAYS", 2)
    business_time.clear_cache()
    assert add(OFFICE, start, 300 * HOUR) == expected
