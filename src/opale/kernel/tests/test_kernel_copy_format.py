"""What is copied is what it was."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import DatabaseError, connection

from opale.kernel.copy_format import copy_in, copy_moments, copy_texts

pytestmark = pytest.mark.django_db

COPY = "COPY copied (at, number, truth, said, told) FROM STDIN"
TEXTS = ["a", "", "null", "\\N", "\\.", "back\\slash\\", "\t\n\r\v", "\\t", "é % ,", "\\\n"]
TOLD = ['{"say": "\\"x\\"\\n\\\\n"}'] * len(TEXTS)


@pytest.fixture(autouse=True)
def _table() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE copied (id serial, at timestamptz, number bigint,"
            " truth boolean, said text, told json) ON COMMIT DROP"
        )


def copy(moments: list[datetime], texts: list[str], told: list[str]) -> list[tuple[object, ...]]:
    truths = ["t" if n % 2 else "f" for n in range(len(texts))]
    numbers = [str(-n) for n in range(len(texts))]
    copy_in(COPY, copy_moments(moments), numbers, truths, copy_texts(texts), copy_texts(told))
    with connection.cursor() as cursor:
        cursor.execute("SELECT at, number, truth, said, told::text FROM copied ORDER BY id")
        return list(cursor.fetchall())


@pytest.mark.parametrize("number", [0, 1, len(TEXTS)])
def test_rows_come_back_as_they_were(number: int) -> None:
    elsewhere = timezone(timedelta(hours=-3, minutes=-30))
    moments = [datetime(2026, 11, 28, 6, 1, 2, n, elsewhere) for n in range(number - 1)]
    moments += [datetime(1, 1, 2, tzinfo=UTC)][:number]
    found = copy(moments, TEXTS[:number], TOLD[:number])
    assert found == [(moments[n], -n, bool(n % 2), TEXTS[n], TOLD[n]) for n in range(number)]


def test_what_no_column_takes_is_told_as_an_error_of_the_database() -> None:
    with pytest.raises(DatabaseError):
        copy([datetime(2026, 11, 28, tzinfo=UTC)], ["a"], ["no JSON"])
