"""Each rule with a roster that keeps it and one that breaks it, and what the law says of both."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opale.run.shifts.domain.cycles import DAY, Span
from opale.run.shifts.domain.working_time import (
    EUROPE,
    FRANCE,
    Breach,
    Limit,
    RuleSet,
    find_breaches,
    statutory_rules,
)

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2027, 1, 4, tzinfo=PARIS)
HOUR = timedelta(hours=1)


def shift(day: float, begins: float, hours: float) -> Span:
    starts = MONDAY.astimezone(UTC) + day * DAY + begins * HOUR
    return Span(starts, starts + hours * HOUR)


def broken(
    work: Sequence[Span], code: str, limit: Limit, *, first: float = 0, days: float = 7
) -> list[Breach]:
    within = Span(shift(first, 0, 0).starts, shift(first + days, 0, 0).starts)
    return find_breaches(work, RuleSet("test", {code: limit}), zone=PARIS, within=within)


def weeks(number: int, *days: Span) -> list[Span]:
    return [Span(s.starts + n * 7 * DAY, s.ends + n * 7 * DAY) for n in range(number) for s in days]


@pytest.mark.parametrize(("begins", "kept"), [(1, False), (6, False), (9, True), (12, True)])
def test_eleven_hours_of_rest_between_two_days(begins: int, kept: bool) -> None:
    work = [shift(0, 14, 8), shift(1, begins, 8)]
    assert (broken(work, "daily_rest", FRANCE.limits["daily_rest"]) == []) == kept


def test_too_short_a_rest_says_how_long_it_is() -> None:
    (breach,) = broken([shift(0, 14, 8), shift(1, 6, 8)], "daily_rest", Limit(11, "L3131-1"))
    assert (breach.found, breach.limit, breach.reference) == (8 * HOUR, 11 * HOUR, "L3131-1")


def test_a_day_in_two_parts_keeps_its_rest() -> None:
    work = [shift(0, 8, 4), shift(0, 16, 4), shift(1, 8, 8)]
    assert broken(work, "daily_rest", Limit(11, "")) == []


@pytest.mark.parametrize(
    ("called", "next_begins", "kept"),
    [
        ([], 9, True),
        ([(2, 3)], 9, False),
        ([(2, 3)], 14, True),
        ([(2, 3)], 13.5, False),
        ([(2, 3), (5, 6)], 14, False),
        ([(2, 3), (5, 6)], 17, True),
        ([(5, 6)], 9, True),  # the whole rest was had before
    ],
)
def test_rest_after_a_call_out_counts_anew(
    called: list[tuple[float, float]], next_begins: float, kept: bool
) -> None:
    work = [shift(0, 9, 8), shift(1, next_begins, 4)]
    found = find_breaches(
        work,
        RuleSet("test", {"daily_rest": Limit(11, "L3131-1")}),
        zone=PARIS,
        within=Span(shift(0, 0, 0).starts, shift(3, 0, 0).starts),
        call_outs=[shift(1, begins, ends - begins) for begins, ends in called],
    )
    assert (found == []) == kept


def test_thirty_five_hours_of_rest_in_a_week() -> None:
    limit = FRANCE.limits["weekly_rest"]
    five = [shift(n, 9, 8) for n in range(5)]
    assert broken(five, "weekly_rest", limit) == []
    seven = [shift(n, 9, 8) for n in range(7)]
    (breach,) = broken([*seven, shift(7, 9, 8)], "weekly_rest", limit)
    assert breach.found == 16 * HOUR
    six = [shift(n, 9, 8) for n in range(6)] + [shift(7, 9, 8)]
    assert broken(six, "weekly_rest", limit) == []


def test_ten_hours_a_day() -> None:
    limit = FRANCE.limits["day"]
    assert broken([shift(0, 8, 10)], "day", limit) == []
    (breach,) = broken([shift(0, 7, 12)], "day", limit)
    assert breach.found == 12 * HOUR
    assert broken([shift(0, 7, 6), shift(0, 15, 5)], "day", limit) != []


def test_forty_eight_hours_a_week() -> None:
    limit = FRANCE.limits["week"]
    assert broken([shift(n, 8, 8) for n in range(6)], "week", limit) == []
    (breach,) = broken([shift(n, 8, 9) for n in range(6)], "week", limit)
    assert breach.found == 54 * HOUR


def test_a_night_over_the_end_of_a_week_counts_in_both() -> None:
    nights = [shift(n, 22, 9) for n in range(2, 7)]
    assert broken(nights, "week", Limit(38, "")) == []
    assert broken(nights, "week", Limit(37.5, "")) != []


@pytest.mark.parametrize(("hours", "kept"), [(8.8, True), (9, False)])
def test_forty_four_hours_over_twelve_weeks(hours: float, kept: bool) -> None:
    work = weeks(12, *(shift(n, 8, hours) for n in range(5)))
    breaches = broken(work, "average", FRANCE.limits["average"], first=77)
    assert (breaches == []) == kept


def test_an_average_forgives_a_heavy_week_among_light_ones() -> None:
    heavy = [shift(n, 8, 9) for n in range(5)]
    light = weeks(12, *(shift(n, 8, 7) for n in range(5)))[5:]
    assert broken(heavy + light, "average", FRANCE.limits["average"], first=77) == []


@pytest.mark.parametrize(("hours", "kept"), [(9.5, True), (10, False)])
def test_forty_eight_hours_over_four_months(hours: float, kept: bool) -> None:
    work = weeks(17, *(shift(n, 8, hours) for n in range(5)))
    breaches = broken(work, "average", EUROPE.limits["average"], first=16 * 7)
    assert (breaches == []) == kept


@pytest.mark.parametrize(("begins", "hours", "kept"), [(22, 8, True), (21, 9, False), (8, 9, True)])
def test_eight_hours_of_who_works_at_night(begins: float, hours: float, kept: bool) -> None:
    work = [shift(n, begins, hours) for n in range(3)]
    assert (broken(work, "night_day", FRANCE.limits["night_day"]) == []) == kept


@pytest.mark.parametrize(("nights", "kept"), [(5, True), (6, False)])
def test_forty_hours_a_week_of_who_works_at_night(nights: int, kept: bool) -> None:
    work = weeks(12, *(shift(n, 22, 8) for n in range(nights)))
    breaches = broken(work, "night_week", FRANCE.limits["night_week"], first=77)
    assert (breaches == []) == kept


@pytest.mark.parametrize(("hours", "kept"), [(9, True), (10, False)])
def test_eight_hours_of_24_on_average_of_who_works_at_night(hours: float, kept: bool) -> None:
    work = weeks(17, *(shift(n, 20, hours) for n in range(5)))
    breaches = broken(work, "night_average", EUROPE.limits["night_average"], first=16 * 7)
    assert (breaches == []) == kept


def test_whoever_works_by_day_is_no_night_worker() -> None:
    work = weeks(12, *(shift(n, 8, 9) for n in range(5)))
    assert broken(work, "night_week", FRANCE.limits["night_week"], first=77) == []


def test_a_night_on_which_the_clocks_change_is_as_long_as_it_is() -> None:
    starts = datetime(2027, 10, 30, 22, tzinfo=PARIS).astimezone(UTC)
    ends = datetime(2027, 10, 31, 6, tzinfo=PARIS).astimezone(UTC)
    within = Span(starts, ends)
    (breach,) = find_breaches([within], FRANCE, zone=PARIS, within=within)
    assert (breach.code, breach.found) == ("night_day", 9 * HOUR)


def test_a_country_has_its_law_and_every_other_the_directive() -> None:
    assert statutory_rules("FR") is FRANCE
    assert statutory_rules("LU") is EUROPE


def test_a_set_is_written_and_read_back() -> None:
    for rules in (EUROPE, FRANCE):
        assert RuleSet.from_record(rules.name, rules.to_record()) == rules


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"limits": {"siesta": {"hours": 1, "reference": ""}}},
        {"limits": {"day": {"hours": 0, "reference": ""}}},
        {"limits": {"day": {"reference": ""}}},
        {"limits": {"average": {"hours": 44, "reference": "", "weeks": 99}}},
    ],
)
def test_what_is_no_set_is_refused(record: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        RuleSet.from_record("x", record)


ROSTERS = st.lists(
    st.tuples(st.integers(0, 27), st.integers(0, 23), st.integers(1, 12)), max_size=20
).map(lambda rows: [shift(*row) for row in rows])
PERIOD = Span(shift(0, 0, 0).starts, shift(28, 0, 0).starts)


@given(work=ROSTERS, more=ROSTERS)
def test_more_work_never_heals_a_week(work: list[Span], more: list[Span]) -> None:
    limited = RuleSet("x", {code: FRANCE.limits[code] for code in ("week", "weekly_rest")})

    def weeks_broken(spans: list[Span]) -> set[tuple[str, datetime]]:
        found = find_breaches(spans, limited, zone=PARIS, within=PERIOD)
        return {(breach.code, breach.span.starts) for breach in found}

    assert weeks_broken(work) <= weeks_broken(work + more)


@given(work=ROSTERS)
def test_daily_rest_is_kept_where_every_gap_is_long_and_every_shift_short(
    work: list[Span],
) -> None:
    spaced: list[Span] = []
    for span in sorted(work):
        if not spaced or span.starts - spaced[-1].ends >= 11 * HOUR:
            spaced.append(span)
    assert broken(spaced, "daily_rest", Limit(11, ""), days=28) == []


@given(work=ROSTERS)
def test_every_breach_lies_in_the_period_and_is_worse_than_its_limit(work: list[Span]) -> None:
    for breach in find_breaches(work, FRANCE, zone=PARIS, within=PERIOD):
        assert breach.span.starts < PERIOD.ends
        rest = breach.code in {"daily_rest", "weekly_rest"}
        assert (breach.found < breach.limit) == rest


def standing_by(code: str, limit: Limit, *spans: Span) -> list[timedelta]:
    within = Span(shift(0, 0, 0).starts, shift(70, 0, 0).starts)
    rules = RuleSet("test", {code: limit})
    return [one.found for one in find_breaches((), rules, zone=PARIS, within=within, standby=spans)]


def a_week(number: int) -> Span:
    return shift(7 * number, 8, 7 * 24)


NIGHTS = [shift(day, 18, 14) for day in range(7)]


@pytest.mark.parametrize(
    ("spans", "found"),
    [
        ([a_week(0)], []),
        ([a_week(0), a_week(2)], []),
        ([a_week(0), a_week(1)], [14 * DAY]),
        (NIGHTS, []),
        ([*NIGHTS, shift(7, 18, 14)], [8 * DAY]),
    ],
)
def test_a_week_of_standby_in_a_row(spans: list[Span], found: list[timedelta]) -> None:
    assert standing_by("standby_row", Limit(7 * 24, "Agreement"), *spans) == found


@pytest.mark.parametrize(
    ("spans", "found"),
    [
        ([a_week(0), a_week(4)], []),
        ([a_week(0), a_week(3)], [14 * DAY]),
        ([*NIGHTS[:5], *(shift(7 + day, 18, 14) for day in range(2))], []),
        ([*NIGHTS[:5], *(shift(7 + day, 18, 14) for day in range(3))], [8 * DAY] * 3),
    ],
)
def test_a_week_of_standby_in_four(spans: list[Span], found: list[timedelta]) -> None:
    limit = Limit(7 * 24, "Agreement", weeks=4)
    assert standing_by("standby_days", limit, *spans) == found


def test_a_week_of_standby_is_a_week_when_the_clocks_change() -> None:
    october = datetime(2027, 10, 25, 8, tzinfo=PARIS)
    span = Span(october.astimezone(UTC), (october + 7 * DAY).astimezone(UTC))
    assert span.length == 7 * DAY + HOUR
    within = Span(span.starts - 7 * DAY, span.ends + 7 * DAY)
    rules = RuleSet("test", {"standby_row": Limit(7 * 24, "Agreement")})
    assert find_breaches((), rules, zone=PARIS, within=within, standby=[span]) == []


def test_standby_itself_breaks_no_rest() -> None:
    within = Span(shift(0, 0, 0).starts, shift(14, 0, 0).starts)
    work = [shift(day, 9, 7) for day in range(5)]
    assert find_breaches(work, FRANCE, zone=PARIS, within=within, standby=[a_week(0)]) == []
