import pytest

from opale.kernel.phone_numbers import block_of, e164, readable


@pytest.mark.parametrize(
    "written",
    [
        "+33 (0)1 99 00 11 22",
        "01.99.00.11.22",
        "01/99/00/11/22",
        "0033199001122",
        "33199001122",
        "199001122",
        " +33-1-99-00-11-22 ",
    ],
)
def test_a_number_is_the_same_however_it_is_written(written: str) -> None:
    assert e164(written, "FR") == "+33199001122"


def test_digits_of_a_telephone_system_carry_the_code_of_their_country() -> None:
    assert e164("442079460123", "FR") == "+442079460123"
    assert e164("447700900815", "FR") == "+447700900815"  # kept for fiction: of no type
    assert e164("4930609854180", "DE") == "+4930609854180"
    assert e164("30609854180", "DE") == "+4930609854180"


def test_a_zero_that_belongs_to_the_number_stays() -> None:
    assert e164("+39 (0)6 698 12345", "FR") == "+390669812345"


@pytest.mark.parametrize("nobody", ["", "anonymous", "12", "w0", "3631", "+", "9" * 80, "é" * 9])
def test_what_is_no_number_is_none(nobody: str) -> None:
    assert e164(nobody, "FR") == ""


def test_a_number_is_read_in_groups() -> None:
    assert readable("+33199001122") == "+33 1 99 00 11 22"
    assert readable("12") == "12"


def test_only_numbers_of_places_have_neighbours() -> None:
    assert block_of("+33199001122") == "+331990011"
    assert block_of("+33639981122") == ""
    assert block_of("+447911123456") == ""
