"""When things happen in the demo company."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from opale.demo.arrivals import ArrivalRhythm, conversation_length, share_of_target

ENDS = datetime(2026, 7, 1, 12, tzinfo=UTC)
RHYTHM = ArrivalRhythm(ENDS - timedelta(days=182), ENDS)


def test_arrivals_are_ordered_and_inside_their_period() -> None:
    found = RHYTHM.arrivals(Random(1), 5000)
    assert found == sorted(found)
    assert RHYTHM.starts <= found[0]
    assert found[-1] <= ENDS


def test_mondays_are_busy_and_nights_are_quiet() -> None:
    paris = ZoneInfo("Europe/Paris")
    local = [at.astimezone(paris) for at in RHYTHM.arrivals(Random(1), 40_000)]
    days = Counter(at.weekday() for at in local)
    assert days[0] > days[2] > days[6] * 3
    night = sum(at.hour < 6 for at in local)
    assert night < len(local) * 0.05


def test_one_storm_stands_out() -> None:
    hours = Counter(at.replace(minute=0, second=0, microsecond=0) for at in
                    RHYTHM.arrivals(Random(1), 40_000))  # fmt: skip
    assert hours.most_common(1)[0][0] - RHYTHM.storm.starts < timedelta(hours=3)


def test_a_public_holiday_is_quiet() -> None:
    days = Counter(at.date() for at in RHYTHM.arrivals(Random(1), 40_000))
    assert days[date(2026, 5, 1)] < days[date(2026, 4, 24)] / 3


def test_conversations_are_short_with_a_long_tail() -> None:
    rng = Random(1)
    lengths = sorted(conversation_length(rng) for _ in range(300_000))
    assert lengths[150_000] < 10
    assert 1000 < lengths[-1] <= 5000


def test_the_share_of_a_target_tells_breach_from_success() -> None:
    rng = Random(1)
    assert all(share_of_target(rng, breached=False) < 1 for _ in range(500))
    assert all(share_of_target(rng, breached=True) > 1 for _ in range(500))
