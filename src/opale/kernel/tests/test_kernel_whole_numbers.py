"""What people write in place of a key or a moment is one, or nothing: it never fails."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opale.kernel.asgi import TooLarge, refuse_announced
from opale.kernel.dates import parse_instant
from opale.kernel.whole_numbers import parse_number, parse_numbers


@pytest.mark.parametrize(
    "text", ["", "²", "٣", "-1", "+1", " 1", "1.0", str(2**63), "9" * 5000, None]
)
def test_what_is_no_number_is_none(text: str | None) -> None:
    assert parse_number(text) is None


def test_the_largest_number_of_a_column_is_one() -> None:
    assert parse_number(str(2**63 - 1)) == 2**63 - 1


def test_numbers_are_read_in_their_order() -> None:
    assert parse_numbers(["7", "²", "007", "", "0"]) == [7, 7, 0]


@given(text=st.text())
def test_no_text_fails(text: str) -> None:
    number = parse_number(text)
    assert number is None or 0 <= number < 2**63


@pytest.mark.parametrize(
    "text", ["", "a", "2026-11-25", "2026-11-25T14:30", "0001-01-01T00:00Z", "9999-12-31T23:59Z"]
)
def test_what_is_no_instant_is_none(text: str) -> None:
    assert parse_instant(text) is None


def test_an_instant_is_read_with_its_zone() -> None:
    assert parse_instant("2026-11-25T15:30+01:00") == datetime(2026, 11, 25, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("announced", "refused"), [("11", True), ("9" * 5000, True), ("10", False)]
)
def test_an_announced_length_is_refused_however_long(announced: str, refused: bool) -> None:
    scope = {"headers": [(b"content-length", announced.encode())]}
    if refused:
        with pytest.raises(TooLarge):
            refuse_announced(scope, 10)
    else:
        refuse_announced(scope, 10)


def test_an_announced_length_that_is_none_is_left_to_the_reader_of_the_body() -> None:
    refuse_announced({"headers": [(b"content-length", b"\xb2")]}, 10)
