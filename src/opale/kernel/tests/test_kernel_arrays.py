"""Long arrays are what a list would have been."""

import pytest
from django.db import connection

from opale.kernel.arrays import number_array, text_array

pytestmark = pytest.mark.django_db

TEXTS = ["a", "", "null", "NULL", None, 'say "x"', "back\\slash\\", "{a,b}", "é\n\t %s", "'"]


def read_back(written: str, kind: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT %s::{kind}[]", [written])
        row = cursor.fetchone()
    return row[0] if row else None


@pytest.mark.parametrize("texts", [[], TEXTS])
def test_texts_come_back_as_they_were(texts: list[str | None]) -> None:
    assert read_back(text_array(texts), "text") == texts


@pytest.mark.parametrize("numbers", [[], [1, None, -(2**62)]])
def test_numbers_come_back_as_they_were(numbers: list[int | None]) -> None:
    assert read_back(number_array(numbers), "bigint") == numbers
