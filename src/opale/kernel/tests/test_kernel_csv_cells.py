"""Cells of CSV that no spreadsheet takes for formulas, whichever separator it reads by."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opale.kernel.csv_cells import escape_formulas, unescape_formulas

BEGINNINGS = ("=", "+", "-", "@")


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "x,=1+1,z",
        "x, =1+1",
        "x;@SUM(A1)",
        "x\t+cmd|' /C calc'!A0",
        "x\n-1+2",
        'x",=1+1,"z',
        "x,'=1+1",
        "x,,=1",
    ],
)
def test_no_reader_finds_a_formula(text: str) -> None:
    line = io.StringIO()
    csv.writer(line, delimiter=";").writerow(["1", escape_formulas(text), "open"])
    for separator in ";,\t":
        for row in csv.reader(io.StringIO(line.getvalue(), newline=""), delimiter=separator):
            assert not [cell for cell in row if cell.lstrip(' "').startswith(BEGINNINGS)]
    assert unescape_formulas(escape_formulas(text)) == text


@pytest.mark.parametrize(
    "text", ["-3.5", "+33 1 23 45 67 89", "x, -3, y", "a - b", "web-01,web-02", "a=b"]
)
def test_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert escape_formulas(text) == text


@given(st.text("'=+-@,;\t\r\n 1a\""))
def test_what_was_escaped_is_read_back(text: str) -> None:
    assert unescape_formulas(escape_formulas(text)) == text
