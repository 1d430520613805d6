"""The hours of a pattern on the wall clock: no night leaves the desk alone, none counts twice."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from opale.run.shifts.domain.cycles import (
    DAY,
    Cycle,
    Hours,
    InvalidHours,
    Span,
    instant,
    intersections,
    parse_days,
    remainders,
    turns,
    understaffed_parts,
)
from opale.run.shifts.domain.pattern_templates import PATTERN_TEMPLATES, get_pattern_template

PARIS = ZoneInfo("Europe/Paris")
ZONES = (
    "Europe/Paris",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Apia",  # a day that never was, in 2011
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "America/Santiago",  # at midnight
)
MINUTES = st.integers(0, 24 * 60 - 1)


def spans_of(cycle: Cycle, offset: int, since: date, until: date) -> list[Span]:
    return [turn.span for turn in turns(cycle, offset, since, until)]


@given(
    zone=st.sampled_from(ZONES),
    since=st.dates(date(2010, 1, 1), date(2037, 1, 1)),
    changeovers=st.sets(MINUTES, min_size=1, max_size=5),
)
@example(zone="Europe/Paris", since=date(2027, 3, 20), changeovers={150, 180, 1320})
@example(zone="Europe/Paris", since=date(2027, 10, 25), changeovers={120, 150, 180})
@example(zone="Australia/Lord_Howe", since=date(2027, 9, 30), changeovers={135})
@example(zone="Pacific/Apia", since=date(2011, 12, 25), changeovers={0, 720})
@example(zone="America/Santiago", since=date(2027, 9, 1), changeovers={0, 30, 720})
def test_shifts_that_meet_on_the_wall_clock_meet_on_every_night(
    zone: str, since: date, changeovers: set[int]
) -> None:
    ordered = [timedelta(minutes=minutes) for minutes in sorted(changeovers)]
    day = tuple(
        Hours(begins, ends)
        for begins, ends in zip(ordered, [*ordered[1:], ordered[0] + DAY], strict=True)
    )
    cycle = Cycle((day,), since, ZoneInfo(zone))
    found = sorted(spans_of(cycle, 0, since, since + 20 * DAY))
    for one, following in itertools.pairwise(found):
        assert one.ends == following.starts
    first = instant(datetime.combine(since, time()) + ordered[0], ZoneInfo(zone))
    assert found[0].starts == first
    assert all(span.length > timedelta() for span in found)


@given(
    zone=st.sampled_from(ZONES),
    wall=st.datetimes(datetime(2010, 1, 1), datetime(2037, 1, 1)),  # noqa: DTZ001  # a wall clock
    later=st.timedeltas(timedelta(), timedelta(days=2)),
)
def test_later_on_the_wall_is_never_earlier(zone: str, wall: datetime, later: timedelta) -> None:
    assert instant(wall, ZoneInfo(zone)) <= instant(wall + later, ZoneInfo(zone))


def test_a_night_shift_is_shorter_in_spring_and_longer_in_autumn() -> None:
    night = Hours.parse("22:00-06:00")
    assert night.on(date(2027, 3, 27), PARIS).length == timedelta(hours=7)
    assert night.on(date(2027, 10, 30), PARIS).length == timedelta(hours=9)


def test_what_the_clocks_jump_over_is_the_moment_of_the_jump() -> None:
    wall = datetime(2027, 3, 28, 2, 30)  # noqa: DTZ001  # a wall clock
    assert instant(wall, PARIS) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "starts", "ends"),
    [
        ("06:00-14:00", 6, 14),
        ("22:00-06:00", 22, 30),
        ("00:00-24:00", 0, 24),
        ("08:00-08:00", 8, 32),
        ("08:00-08:00+7", 8, 176),
    ],
)
def test_hours_are_read_as_they_are_written(text: str, starts: int, ends: int) -> None:
    assert Hours.parse(text) == Hours(timedelta(hours=starts), timedelta(hours=ends))


@pytest.mark.parametrize(
    "text",
    ["", "6-14", "24:00-06:00", "10:00-25:00", "10:00-08:00+0", "08:00-08:00+32", "08:60-09:00"],
)
def test_other_hours_are_refused(text: str) -> None:
    with pytest.raises(InvalidHours):
        Hours.parse(text)


@pytest.mark.parametrize("slug", ["3x8", "2x12", "2-2-3", "4-on-4-off", "week"])
def test_a_shape_with_its_lines_covers_every_hour_of_a_year(slug: str) -> None:
    taken = get_pattern_template(slug)
    assert taken is not None
    since = date(2027, 1, 4)
    cycle = Cycle(parse_days(taken.days), since, PARIS)
    offsets = range(0, len(taken.days), taken.step)
    found = [s for n in offsets for s in spans_of(cycle, n, since - 40 * DAY, since + 365 * DAY)]
    period = Span(datetime(2027, 1, 5, 12, tzinfo=UTC), datetime(2028, 1, 3, 12, tzinfo=UTC))
    assert understaffed_parts(found, 1, period.starts, period.ends) == []
    for n in offsets:
        own = sorted(spans_of(cycle, n, since, since + 365 * DAY))
        assert all(a.ends <= b.starts for a, b in itertools.pairwise(own))


def test_places_that_follow_the_sun_overlap_at_every_changeover_in_every_season() -> None:
    since, until = date(2027, 1, 1), date(2027, 12, 31)
    hours = {
        "Europe/Paris": "08:00-18:00",
        "America/Montreal": "10:00-19:00",
        "Asia/Singapore": "06:00-17:00",
    }
    found = [
        span
        for zone, text in hours.items()
        for span in spans_of(Cycle(parse_days([[text]]), since, ZoneInfo(zone)), 0, since, until)
    ]
    period = datetime(2027, 1, 2, tzinfo=UTC), datetime(2027, 12, 31, tzinfo=UTC)
    assert understaffed_parts(found, 1, *period) == []
    for span in sorted(found)[3:]:
        # Whoever comes finds somebody there, for an hour at least.
        met = [one & span for one in found if one.starts < span.starts < one.ends]
        assert max(both.length for both in met) >= timedelta(hours=1)


def test_fixed_dates_stand_once() -> None:
    days = parse_days([["06:00-14:00"], [], ["14:00-22:00"]])
    cycle = Cycle(days, date(2027, 1, 4), PARIS, repeats=False)
    found = list(turns(cycle, 0, date(2026, 12, 1), date(2027, 2, 1)))
    assert [turn.day for turn in found] == [date(2027, 1, 4), date(2027, 1, 6)]


def test_every_shape_can_be_read() -> None:
    assert all(any(parse_days(one.days)) for one in PATTERN_TEMPLATES)


INSTANTS = st.integers(0, 50).map(lambda n: datetime(2027, 1, 1, tzinfo=UTC) + timedelta(hours=n))
SPANS = st.tuples(INSTANTS, INSTANTS).filter(lambda t: t[0] != t[1]).map(lambda t: Span(*sorted(t)))


@given(span=SPANS, windows=st.lists(SPANS, max_size=6))
def test_inside_and_outside_make_the_whole(span: Span, windows: list[Span]) -> None:
    apart = remainders(span, windows)
    covered = span.length - sum((part.length for part in apart), timedelta())
    joined = remainders(span, apart)
    assert sum((part.length for part in joined), timedelta()) == covered
    for part in apart:
        assert intersections(part, windows) == []


@given(spans=st.lists(SPANS, max_size=8), wanted=st.integers(1, 3))
def test_thin_is_where_fewer_run(spans: list[Span], wanted: int) -> None:
    starts = datetime(2027, 1, 1, tzinfo=UTC)
    found = understaffed_parts(spans, wanted, starts, starts + timedelta(hours=50))
    for hour in range(50):
        at = starts + timedelta(hours=hour, minutes=30)
        running = sum(span.starts <= at < span.ends for span in spans)
        assert any(gap.starts <= at < gap.ends for gap in found) == (running < wanted)
