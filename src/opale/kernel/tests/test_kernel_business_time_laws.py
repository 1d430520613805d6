"""Business time against a count of every minute, one by one, and against its own laws."""

import json
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from opale.kernel.business_time import (
    ALL_DAY,
    Calendar,
    DayException,
    Hours,
    Pause,
    Reason,
    add,
    between,
    due,
    explain,
)
from opale.kernel.tests.instants import DAY, MINUTE

# Zones, each with the days around which something happens: DST, date line, New Year.
ODD_DAYS = {
    "UTC": (date(2026, 1, 1),),
    "Europe/Paris": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "Asia/Kathmandu": (date(2026, 6, 1),),
    "America/St_Johns": (date(2011, 3, 13), date(2010, 11, 7)),
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),
    "Pacific/Apia": (date(2011, 12, 30),),
    "Africa/Casablanca": (date(2026, 2, 15), date(2026, 3, 22)),
}


def open_at(calendar: Calendar, instant: datetime, pauses: tuple[Pause, ...] = ()) -> bool:
    """The definition: look at the wall clock, then at the rules of that date."""
    if any(p.starts <= instant and (p.ends is None or instant < p.ends) for p in pauses):
        return False
    wall = instant.astimezone(ZoneInfo(calendar.time_zone))
    since_midnight = datetime.combine(date.min, wall.time()) - datetime.combine(date.min, time())

    def inside(hours: tuple[Hours, ...]) -> bool:
        return any(each.starts <= since_midnight < each.ends for each in hours)

    special = [each for each in calendar.exceptions if each.day == wall.date()]
    if any(each.kind == "opening" and inside(each.hours) for each in special):
        return True
    if any(each.kind == "closing" and inside(each.hours) for each in special):
        return False
    return wall.date() not in calendar.holidays and inside(calendar.weekly[wall.weekday()])


def counted_by_the_minute(
    calendar: Calendar, start: datetime, end: datetime, pauses: tuple[Pause, ...] = ()
) -> timedelta:
    total, cursor = timedelta(0), start
    while cursor < end:
        following = min(cursor.replace(second=0, microsecond=0) + MINUTE, end)
        if open_at(calendar, cursor, pauses):
            total += following - cursor
        cursor = following
    return total


@st.composite
def day_hours(draw: st.DrawFn) -> tuple[Hours, ...]:
    if draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from([(), (ALL_DAY,)]))
    cuts = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return tuple(Hours(a * MINUTE, b * MINUTE) for a, b in pairs)


class World(NamedTuple):
    """A calendar, a span and the pauses in it."""

    calendar: Calendar
    start: datetime
    end: datetime
    pauses: tuple[Pause, ...]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A calendar near an odd day, a span of some days across it, and pauses in it."""
    zone = draw(st.sampled_from(sorted(ODD_DAYS)))
    odd = draw(st.sampled_from(ODD_DAYS[zone]))
    near = st.integers(-3, 3).map(lambda days: odd + days * DAY)
    exceptions = st.builds(
        DayException, near, st.sampled_from(["opening", "closing"]), day_hours().filter(bool)
    )
    calendar = Calendar(
        zone,
        tuple(draw(st.lists(day_hours(), min_size=7, max_size=7))),
        holidays=draw(st.frozensets(near, max_size=2)),
        exceptions=tuple(draw(st.lists(exceptions, max_size=3))),
    )
    noon = datetime.combine(odd, time(12), UTC)
    low = noon - draw(st.timedeltas(timedelta(0), 2 * DAY))
    high = low + draw(st.timedeltas(timedelta(0), 3 * DAY))
    pauses = []
    for reason in draw(st.lists(st.sampled_from(["customer", "supplier"]), max_size=3)):
        begins = noon + draw(st.integers(-3000, 3000)) * MINUTE
        lasts = draw(st.none() | st.integers(0, 2000))
        pauses.append(Pause(begins, None if lasts is None else begins + lasts * MINUTE, reason))
    return World(calendar, low, high, tuple(pauses))


durations = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=5))


@given(worlds())
def test_every_minute_counted_one_by_one_gives_the_same_total(
    world: World,
) -> None:
    calendar, start, end, pauses = world
    assert between(calendar, start, end) == counted_by_the_minute(calendar, start, end)
    assert between(calendar, start, end, pauses) == counted_by_the_minute(
        calendar, start, end, pauses
    )


@given(worlds())
def test_the_explanation_tiles_the_span_and_each_minute_has_the_right_reason(
    world: World,
) -> None:
    calendar, start, end, pauses = world
    segments = explain(calendar, start, end, pauses)
    if start < end:
        assert [*(s.starts for s in segments), end] == [start, *(s.ends for s in segments)]
    assert all(s.starts < s.ends for s in segments)
    counted = sum((s.ends - s.starts for s in segments if s.counted), timedelta(0))
    assert counted == between(calendar, start, end, pauses)
    for segment in segments:
        middle = segment.starts + (segment.ends - segment.starts) / 2
        assert segment.counted == open_at(calendar, middle, pauses)
        running = {
            each.reason
            for each in pauses
            if each.starts <= middle and (each.ends is None or middle < each.ends)
        }
        assert set(segment.pauses) == running
        assert (segment.reason is Reason.PAUSED) == (bool(running) and open_at(calendar, middle))
    for before, after in pairwise(segments):
        assert (before.reason, before.pauses) != (after.reason, after.pauses)


@given(worlds(), durations)
def test_what_is_added_is_measured_and_no_earlier_instant_will_do(
    world: World, duration: timedelta
) -> None:
    calendar, start, _, pauses = world
    if not any(calendar.weekly):
        return
    reached = add(calendar, start, duration)
    assert between(calendar, start, reached) == duration
    if duration:
        assert between(calendar, start, reached - timedelta(microseconds=1)) < duration
    else:
        assert reached == start
    stopped = due(calendar, start, duration, pauses)
    if stopped is not None:
        assert between(calendar, start, stopped, pauses) == duration
        if duration:
            assert between(calendar, start, stopped - timedelta(microseconds=1), pauses) < duration
    else:
        assert any(p.ends is None for p in pauses)
        assert between(calendar, start, start + 400 * DAY, pauses) < duration


@given(worlds(), durations, durations)
def test_spans_add_up_and_a_longer_target_is_never_due_earlier(
    world: World, one: timedelta, two: timedelta
) -> None:
    calendar, start, end, pauses = world
    middle = start + one
    whole = between(calendar, start, end, pauses)
    assert whole == between(calendar, start, middle, pauses) + between(
        calendar, middle, end, pauses
    )
    assert between(calendar, end, start, pauses) == -whole
    assert timedelta(0) <= whole <= end - start
    if any(calendar.weekly):
        assert add(calendar, start, min(one, two)) <= add(calendar, start, max(one, two))
        assert add(calendar, add(calendar, start, one), two) == add(calendar, start, one + two)
        assert add(calendar, start, one) <= add(calendar, max(start, end), one)


@given(worlds(), durations)
def test_the_short_cut_for_24x7_gives_what_the_long_way_gives(
    world: World, duration: timedelta
) -> None:
    _, start, end, pauses = world
    zone = world.calendar.time_zone
    short = Calendar.around_the_clock(zone)
    # A holiday outside of the span makes the calendar take the long way.
    long = Calendar(zone, ((ALL_DAY,),) * 7, holidays=frozenset({date(2199, 1, 1)}))
    assert short.never_closes
    assert not long.never_closes
    assert between(short, start, end) == between(long, start, end) == end - start
    assert add(short, start, duration) == add(long, start, duration) == start + duration
    assert due(short, start, duration, pauses) == due(long, start, duration, pauses)
    assert explain(short, start, end, pauses) == explain(long, start, end, pauses)


@given(worlds())
def test_a_calendar_survives_its_record(
    world: World,
) -> None:
    calendar = world.calendar
    read = Calendar.from_record(json.loads(json.dumps(calendar.to_record())))
    assert read == calendar
    assert hash(read) == hash(calendar)
