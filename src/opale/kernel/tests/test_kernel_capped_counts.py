"""Several counts in one statement."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from opale.kernel.capped_counts import CountStatement, capped_counts
from opale.kernel.models import Change

pytestmark = pytest.mark.django_db


def test_lists_are_counted_together_and_up_to_the_limit() -> None:
    Change.objects.bulk_create([Change(topic=topic) for topic in "aaabb"])
    named = Change.objects.filter(topic__in=("a", "b"))
    with CaptureQueriesContext(connection) as asked:
        counts = capped_counts(
            [
                named.filter(topic="a").order_by("-id"),
                named.filter(topic="b"),
                named.none(),
                None,
                named,
            ],
            4,
        )
    assert counts == [3, 2, 0, 0, 4]
    assert len(asked) == 1


def test_no_list_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as asked:
        assert capped_counts([None, Change.objects.none()], 9) == [0, 0]
        assert capped_counts([], 9) == []
    assert len(asked) == 0


def test_a_statement_that_is_kept_counts_anew() -> None:
    counting = CountStatement.of([Change.objects.filter(topic="a"), None], 9)
    assert counting.ask() == [0, 0]
    Change.objects.create(topic="a")
    assert counting.ask() == [1, 0]


def test_words_are_within_the_statement_as_they_are() -> None:
    awkward = ["100 % sure", "it's", 'back\\slash "quoted"', "%s"]
    Change.objects.bulk_create([Change(topic=topic) for topic in awkward])
    for topic in awkward:
        rows = Change.objects.filter(topic=topic)
        assert CountStatement.of([rows, rows.filter(pk__gt=0)], 9).ask() == [1, 1]
        assert capped_counts([rows], 9) == [1]
