"""Querysets that are compiled once."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet, SmallIntegerField, Value
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from opale.kernel import clock
from opale.kernel.compiled_queries import NotCompilable, compiled
from opale.kernel.live_topics import publish
from opale.kernel.models import Change


@compiled
def about(topic: str, /, *, of: int | None = None) -> QuerySet[Change]:
    rows = Change.objects.filter(topic=topic).order_by("pk")
    return rows if of is None else rows.filter(customer_id=of)


@compiled
def named(topics: list[str], /) -> QuerySet[Change, str]:
    return Change.objects.filter(topic__in=topics).order_by("topic").values_list("topic", flat=True)


@compiled
def held(key: int, /) -> QuerySet[Change]:
    return Change.objects.filter(pk=key).select_for_update()


@pytest.mark.django_db
def test_it_is_asked_with_other_values_each_time() -> None:
    publish("one", "two")
    publish("two", customer_id=7)
    assert [row.topic for row in about("one")] == ["one"]
    assert [row.customer_id for row in about("two")] == [None, 7]
    assert [row.customer_id for row in about("two", of=7)] == [7]
    assert about("none") == []
    first = about.first("two")
    assert first is not None
    assert first.pk
    assert about.first("none") is None


@pytest.mark.django_db
def test_as_many_values_as_are_said() -> None:
    publish("one", "two", "100 % three")
    assert named(["one", "100 % three"]) == ["100 % three", "one"]
    assert named(["two"]) == ["two"]
    assert named([]) == []


@compiled
def worded(key: int, /, *, topic: str) -> QuerySet[Change]:
    return Change.objects.filter(topic=topic, pk__gte=key).order_by("pk")


@pytest.mark.django_db
def test_words_of_its_shape_are_within_the_question_and_numbers_are_not() -> None:
    for topic in ("100 % sure", "it's", "%s"):
        publish(topic)
        with CaptureQueriesContext(connection) as seen:
            assert [row.topic for row in worded(0, topic=topic)] == [topic]
        assert len(seen) == 1
    assert "'%s'" in seen.captured_queries[0]["sql"]


@pytest.mark.django_db
def test_it_is_seen_by_who_counts_statements() -> None:
    about("one")
    with CaptureQueriesContext(connection) as seen:
        about("one")
    assert len(seen) == 1
    assert "one" in seen.captured_queries[0]["sql"]


@pytest.mark.django_db
def test_a_value_that_is_looked_at_is_refused() -> None:
    @compiled
    def looking(key: int, /) -> QuerySet[Change]:
        return Change.objects.filter(pk=key + 1)

    with pytest.raises(NotCompilable):
        looking(1)


@pytest.mark.django_db
def test_a_number_that_no_column_holds_is_found_nowhere() -> None:
    assert about("one", of=10**30) == []

    @compiled
    def keyed(key: int, /) -> QuerySet[Change]:
        return Change.objects.filter(pk=key)

    assert keyed(1) == keyed(10**30) == []


@pytest.mark.django_db
def test_a_value_of_a_small_column_is_refused_instead_of_finding_nothing() -> None:
    @compiled
    def small(one: int, /) -> QuerySet[Change]:
        rows = Change.objects.annotate(small=Value(1, output_field=SmallIntegerField()))
        return rows.filter(small=one)

    with pytest.raises(NotCompilable):
        small(1)


@pytest.mark.django_db
def test_a_clock_is_refused() -> None:
    @compiled
    def recent(key: int, /) -> QuerySet[Change]:
        since = clock.now() - timedelta(hours=1)
        return Change.objects.filter(pk=key, made_at__gt=since.replace(microsecond=0, second=0))

    with pytest.raises(NotCompilable):
        recent(1)


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_a_transaction_alone() -> None:
    publish("one")
    key = about("one")[0].pk
    with transaction.atomic():
        assert held(key)
    with pytest.raises(TransactionManagementError):
        held(key)


@pytest.mark.django_db(transaction=True)
def test_it_is_prepared_once_for_a_connection() -> None:
    for topic in ("one", "two", "three"):
        about(topic)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans + custom_plans FROM pg_prepared_statements"
            " WHERE statement LIKE '%kernel_change%topic%'"
        )
        assert sum(count for (count,) in cursor.fetchall()) >= 3
