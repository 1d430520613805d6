"""Questions that go along with another."""

from collections.abc import Sequence

import pytest
from django.db import ProgrammingError, connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from opale.kernel import rows
from opale.kernel.capped_counts import CountStatement
from opale.kernel.compiled_queries import compiled
from opale.kernel.models import Change
from opale.kernel.prepared_statements import typed
from opale.kernel.rows import Later, ahead, gathered, later, rows_of

ANSWER = "SELECT %s::int"

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many questions each way there and back took along."""
    numbers: list[int] = []
    ask = rows._ask

    def noted(questions: Sequence[Later]) -> None:
        numbers.append(len(questions))
        ask(questions)

    monkeypatch.setattr(rows, "_ask", noted)
    return numbers


def test_what_is_asked_next_takes_along_what_waits(sent: list[int]) -> None:
    with gathered():
        one, two = later(ANSWER, 1), later(ANSWER, 2)
        assert rows_of(ANSWER, 3) == [(3,)]
        with CaptureQueriesContext(connection) as asked:
            assert (one.rows(), two.rows()) == ([(1,)], [(2,)])
    assert not len(asked)
    assert sent == [3]


def test_what_nobody_took_along_is_asked_when_it_is_needed_with_all_that_waits(
    sent: list[int],
) -> None:
    with gathered():
        one, two = later(ANSWER, 1), later(ANSWER, 2)
        assert two.rows() == [(2,)]
        assert one.rows() == [(1,)]
    assert sent == [2]


def test_what_is_not_gathered_goes_by_itself(sent: list[int]) -> None:
    with gathered():
        later(ANSWER, 1)
    asked = later(ANSWER, 2)
    assert rows_of(ANSWER, 3) == [(3,)]
    assert asked.rows() == [(2,)]
    assert sent == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_one_that_fails_says_so_and_the_connection_goes_on() -> None:
    with gathered():
        asked = later(ANSWER, 1)
        with pytest.raises(ProgrammingError):
            rows_of("SELECT nothing_of_this_name")
        assert asked.rows() == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_one_that_fails_among_them_says_so_to_whoever_asked() -> None:
    with gathered():
        asked = later("SELECT nothing_of_this_name")
        with pytest.raises(ProgrammingError):
            rows_of(ANSWER, 1)
        with pytest.raises(ProgrammingError):
            asked.rows()
        assert rows_of(ANSWER, 2) == [(2,)]


def test_lists_are_counted_along(sent: list[int]) -> None:
    Change.objects.bulk_create([Change(topic="along") for _ in range(3)])
    counting = CountStatement.of([Change.objects.filter(topic="along"), None], 9)
    with gathered():
        counted = counting.later()
        assert rows_of(ANSWER, 1) == [(1,)]
        assert counted() == [3, 0]
    assert sent == [2]
    assert CountStatement.of([None], 9).later()() == [0]


def test_what_was_asked_ahead_is_there_once_for_whoever_asks_the_same(sent: list[int]) -> None:
    with gathered():
        ahead(ANSWER, typed([1]))
        ahead("SELECT %s::bigint[]", typed([[1, 2]]))
        assert rows_of(ANSWER, 2) == [(2,)]
        assert rows_of("SELECT %s::bigint[]", [1, 2]) == [([1, 2],)]
        assert rows_of(ANSWER, 1) == [(1,)]
        assert sent == [3]
        assert rows_of(ANSWER, 1) == [(1,)]
    assert sent == [3, 1]


def test_a_fixed_question_that_was_asked_ahead_has_its_rows(sent: list[int]) -> None:
    Change.objects.bulk_create([Change(topic="ahead") for _ in range(2)])

    @compiled
    def told(topic: str, /) -> QuerySet[Change]:
        return Change.objects.filter(topic=topic)

    told.ahead("ahead")  # where nothing is gathered, it says nothing
    with gathered():
        told.ahead("ahead")
        assert rows_of(ANSWER, 1) == [(1,)]
        Change.objects.filter(topic="ahead").delete()
        assert [row.topic for row in told("ahead")] == ["ahead", "ahead"]
        assert told("ahead") == []
    assert sent == [2, 1]
