"""What a silence matches, and when it is in force: pure."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opale.run.events.domain.recurrence import InvalidRecurrence, Recurrence, Window
from opale.run.events.domain.silences import (
    AlertAttributes,
    Matcher,
    SilenceIndex,
    SilenceMatcher,
    invalid_matchers,
)

PARIS = ZoneInfo("Europe/Paris")
LATE = datetime(2027, 1, 1, tzinfo=UTC)


def alert(**labels: str) -> AlertAttributes:
    return AlertAttributes(
        labels, 1, {"severity": "critical", "item": "rt-1"}, item_id=7, site_id=3
    )


def silencer(*matchers: Matcher, pk: int = 1, ends_at: datetime = LATE) -> SilenceMatcher:
    return SilenceMatcher(pk, matchers, ends_at)


@pytest.mark.parametrize(
    ("matcher", "fits"),
    [
        (Matcher("host", "web01"), True),
        (Matcher("host", "web"), False),
        (Matcher("host", "web01", "!="), False),
        (Matcher("host", "web.*", "=~"), True),
        (Matcher("host", "eb0", "=~"), False),
        (Matcher("host", "a|web01", "=~"), True),
        (Matcher("host", "web.*", "!~"), False),
        (Matcher("rack", "", "="), True),
        (Matcher("rack", ".+", "!~"), True),
        (Matcher("rack", ".*", "=~"), True),
        (Matcher("severity", "critical"), True),
        (Matcher("item", "rt-[0-9]", "=~"), True),
        (Matcher("customer", ""), True),
    ],
)
def test_a_matcher_fits_as_alertmanagers_do(matcher: Matcher, fits: bool) -> None:
    assert silencer(matcher).mutes(alert(host="web01")) is fits


def test_a_label_says_more_than_what_opale_knows_by_the_same_name() -> None:
    assert not silencer(Matcher("severity", "critical")).mutes(alert(severity="page"))
    assert silencer(Matcher("severity", "page")).mutes(alert(severity="page"))


def test_all_matchers_have_to_fit() -> None:
    both = silencer(Matcher("host", "web01"), Matcher("job", "node"))
    assert both.mutes(alert(host="web01", job="node"))
    assert not both.mutes(alert(host="web01", job="other"))


def test_one_of_the_things_named_is_enough() -> None:
    named = SilenceMatcher(1, (), LATE, items=frozenset({7, 8}), sites=frozenset({99}))
    assert named.mutes(alert())
    assert not SilenceMatcher(1, (), LATE, items=frozenset({8})).mutes(alert())
    assert SilenceMatcher(1, (), LATE, sites=frozenset({3})).mutes(alert())


def test_of_several_the_one_that_ends_last_is_chosen() -> None:
    short = silencer(Matcher("host", "web01"), pk=1, ends_at=LATE)
    long = silencer(Matcher("host", "web01"), pk=2, ends_at=LATE + timedelta(hours=1))
    both = SilenceIndex((short, long))
    assert both.chosen(alert(host="web01")) is long
    assert both.chosen(alert(host="web02")) is None


@pytest.mark.parametrize("pattern", ["(", "a{1001}", "(a{1000}){1000}", "(?=a)", r"(a)\1"])
def test_what_is_no_pattern_of_re2_is_refused(pattern: str) -> None:
    assert invalid_matchers([Matcher("host", pattern, "=~")])[0][1] == "pattern"


def test_no_pattern_takes_long() -> None:
    evil = Matcher("host", "(a+)+b|(a|a)*c|(.*a){20}", "=~")
    began = time.process_time()
    assert not evil.matches("a" * 64 * 1024 + "!")
    assert time.process_time() - began < 5


@given(st.text(max_size=50), st.text(max_size=20))
def test_a_matcher_and_its_opposite_never_agree(text: str, value: str) -> None:
    assert Matcher("a", value, "=").matches(text) is not Matcher("a", value, "!=").matches(text)


MATCHERS = st.builds(
    Matcher,
    st.sampled_from(["host", "job", "severity"]),
    st.sampled_from(["", "a", "b", "critical"]),
    st.sampled_from(["=", "!=", "=~", "!~"]),
)
LABELS = st.dictionaries(st.sampled_from(["host", "job", "severity"]), st.sampled_from(["a", "b"]))


@given(st.lists(st.lists(MATCHERS, max_size=3), max_size=6), LABELS)
def test_many_are_looked_up_as_each_alone(
    said: list[list[Matcher]], labels: dict[str, str]
) -> None:
    all_of_them = [silencer(*matchers, pk=number) for number, matchers in enumerate(said, 1)]
    found = SilenceIndex(all_of_them).chosen(alert(**labels))
    first = next((one for one in all_of_them if one.mutes(alert(**labels))), None)
    assert found is first


def test_once_is_from_start_to_end() -> None:
    start = datetime(2026, 11, 20, tzinfo=UTC)
    span = Recurrence(start, start + timedelta(hours=1))
    assert span.window(start - timedelta(days=9)) == Window(start, start + timedelta(hours=1))
    assert span.window(start + timedelta(hours=1)) is None


def test_a_rule_stays_on_the_walls_clock() -> None:
    """Sundays at two in Paris: at midnight UTC in summer, at one in winter."""
    first = datetime(2026, 10, 18, 2, tzinfo=PARIS).astimezone(UTC)
    span = Recurrence(first, None, "FREQ=WEEKLY;BYDAY=SU", timedelta(hours=2), "Europe/Paris")
    starts, at = [], first
    for _ in range(4):
        window = span.window(at)
        assert window
        starts.append(f"{window.starts_at.astimezone(PARIS):%m-%d %H:%M}")
        at = window.ends_at
    assert starts == ["10-18 02:00", "10-25 02:00", "11-01 02:00", "11-08 02:00"]
    assert span.window(first + timedelta(hours=1)) == Window(first, first + timedelta(hours=2))


def test_what_ends_a_rule_ends_the_silence() -> None:
    first = datetime(2026, 11, 20, 22, tzinfo=UTC)
    hour = timedelta(hours=1)
    twice = Recurrence(first, None, "FREQ=DAILY;COUNT=2", hour)
    assert twice.window(first + timedelta(days=1, hours=1)) is None
    until = Recurrence(first, None, "FREQ=DAILY;UNTIL=20261121T220000Z", hour, "Europe/Paris")
    assert until.window(first + hour) == Window(
        first + timedelta(days=1), first + timedelta(days=1, hours=1)
    )
    assert until.window(first + timedelta(days=1, hours=1)) is None
    cut = Recurrence(first, first + timedelta(days=1, minutes=20), "FREQ=DAILY", hour)
    window = cut.window(first + hour)
    assert window
    assert window.ends_at == first + timedelta(days=1, minutes=20)


@pytest.mark.parametrize(
    "rule",
    [
        "nonsense",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=DAILY;UNTIL=soonZ",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;COUNT=",
        "",
    ],
)
def test_a_rule_of_another_kind_is_refused(rule: str) -> None:
    first = datetime(2026, 11, 20, 22, tzinfo=UTC)
    span = Recurrence(first, None, rule or "RRULE:", timedelta(hours=1))
    with pytest.raises(InvalidRecurrence):
        span.window(first)
