"""Long arrays are what a list would have been."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection

from opale.kernel.array_literals import (
    column,
    json_array,
    json_texts_array,
    moment_array,
    moments_text,
    number_array,
    rows_in_arrays,
    text_array,
    truth_array,
)
from opale.kernel.prepared_statements import fetch_rows

pytestmark = pytest.mark.django_db

TEXTS = ["a", "", "null", "NULL", None, 'say "x"', "back\\slash\\", "{a,b}", "é\n\t %s", "'"]


def read_back(written: str, kind: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}[]", [written])
        row = cursor.fetchone()
    return row[0] if row else None


PLAIN = ["a", "", "NULL", "{a,b}", "é\n\t %s", "'", ","]


@pytest.mark.parametrize("texts", [[], TEXTS, PLAIN, [*PLAIN, None], [*PLAIN, '"'], ["\\"], [None]])
def test_texts_come_back_as_they_were(texts: list[str | None]) -> None:
    assert read_back(text_array(texts), "text") == texts


@pytest.mark.parametrize("numbers", [[], [1, None, -(2**62)]])
def test_numbers_come_back_as_they_were(numbers: list[int | None]) -> None:
    assert read_back(number_array(numbers), "bigint") == numbers


@pytest.mark.parametrize("number", [0, 3])
def test_moments_and_truths_come_back_as_they_were(number: int) -> None:
    elsewhere = timezone(timedelta(hours=-3, minutes=-30))
    moments = [datetime(1, 1, 2, tzinfo=UTC), None, datetime(2026, 11, 28, 6, 1, 2, 3, elsewhere)]
    assert read_back(moment_array(moments[:number]), "timestamptz") == moments[:number]
    truths = [True, False, True][:number]
    assert read_back(truth_array(truths), "boolean") == truths


def test_values_come_back_as_they_were_written() -> None:
    told = {"é\n\t\x01": ['say "x"', "back\\slash\\", None, 1.5, True], "{a,b}": {}, "null": "'"}
    assert read_back(json_array([told, None, [], "null"]), "json") == [told, None, [], "null"]
    assert read_back(json_array([]), "jsonb") == []
    texts = ['{"say":"\\"x\\"\\n"}', None, "[]"]
    assert read_back(json_texts_array(texts), "json") == [{"say": '"x"\n'}, None, []]


def test_rows_come_in_an_array_for_each_column() -> None:
    moments = [datetime(2026, 11, 28, tzinfo=UTC), None]
    inner = [None, moments_text([datetime(2026, 11, 28, tzinfo=UTC)] * 2)]
    found = fetch_rows(
        "SELECT n.name, n.place, n.at, n.moments::timestamptz[] FROM "
        + rows_in_arrays(
            {"name": "text", "place": "bigint", "at": "timestamptz", "moments": "text"}
        ),
        text_array(TEXTS[:2]),
        number_array([7, None]),
        moment_array(moments),
        text_array(inner),
    )
    assert found == [("a", 7, moments[0], None), ("", None, None, moments[:1] * 2)]


@pytest.mark.parametrize("numbers", [[None, None, None], [None, 2, None], [1, 2, 3]])
def test_a_column_of_nothing_is_not_written_and_is_null_in_each_row(
    numbers: list[int | None],
) -> None:
    written = column(number_array, numbers)
    assert (written == "{}") == (numbers == [None] * 3)
    rows = "SELECT * FROM " + rows_in_arrays({"key": "bigint", "number": "bigint"})
    assert fetch_rows(rows, number_array([7, 8, 9]), written) == list(
        zip([7, 8, 9], numbers, strict=True)
    )
    assert column(number_array, []) == "{}"
