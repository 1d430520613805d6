"""Spans of time as people and tools write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opale.run.events.domain.durations import format_duration, parse_duration


@given(st.integers(0, 10**8))
def test_what_is_spelled_is_read_back(seconds: int) -> None:
    assert parse_duration(format_duration(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), (" 5 m", 300), ("2H", 7_200), ("1j", 86_400)]
)
def test_units_may_be_written_in_several_ways(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "soon", "-5m", "5 m 3", "9999999999d"])
def test_what_is_no_span_is_none(text: str) -> None:
    assert parse_duration(text) is None
