"""Times as outside tools write them."""

from datetime import UTC, datetime

import pytest

from opale.run.events.domain.deliveries import Unreadable
from opale.run.events.ports.timestamps import parse_timestamp, timestamp_in

NOON = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "said",
    [
        "2026-11-20T12:00:00Z",
        "2026-11-20T13:00:00+01:00",
        "2026-11-20 13:00:00.000+0100",
        "2026-11-20T12:00:00",
        1_795_176_000,
        "1795176000",
        1_795_176_000_000,
        1_795_176_000.0,
    ],
)
def test_a_time_is_read_in_each_of_its_forms(said: str | float) -> None:
    assert parse_timestamp(said) == NOON


def test_nanoseconds_are_cut() -> None:
    assert parse_timestamp("2026-11-20T12:00:00.123456789Z") == NOON.replace(microsecond=123456)


@pytest.mark.parametrize("said", ["", "yesterday", "0001-01-01T00:00:00Z", 0, -5])
def test_what_is_no_time_is_none(said: str | float) -> None:
    assert parse_timestamp(said) is None


@pytest.mark.parametrize("said", ["2026-02-31T00:00:00Z", "9999-12-31T23:59:59-10:00", 1e30])
def test_what_cannot_be_is_refused(said: str | float) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_timestamp(said)


def test_the_member_at_fault_is_named() -> None:
    with pytest.raises(Unreadable, match="startsAt: there is no such time"):
        timestamp_in({"startsAt": "2026-02-31T00:00:00Z"}, "startsAt")
    with pytest.raises(Unreadable, match="startsAt: a time"):
        timestamp_in({"startsAt": "soon"}, "startsAt")
    assert timestamp_in({}, "startsAt") is None
